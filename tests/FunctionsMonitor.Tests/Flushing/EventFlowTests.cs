using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class EventFlowTests() : EventFlowContract(new SqliteFlowStore());
