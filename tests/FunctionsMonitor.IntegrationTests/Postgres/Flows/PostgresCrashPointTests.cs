using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Flows;

public sealed class PostgresCrashPointTests(PostgresFixture postgres) : CrashPointContract(new PostgresFlowStore(postgres));
