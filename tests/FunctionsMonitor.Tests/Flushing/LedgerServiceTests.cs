using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class LedgerServiceTests() : LedgerContract(new SqliteFlowStore());
