using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Flows;

public sealed class PostgresEventFlowTests(PostgresFixture postgres) : EventFlowContract(new PostgresFlowStore(postgres));
