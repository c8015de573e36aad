using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Flows;

public sealed class PostgresLedgerTests(PostgresFixture postgres) : LedgerContract(new PostgresFlowStore(postgres));
