using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class CrashPointTests() : CrashPointContract(new SqliteFlowStore());
