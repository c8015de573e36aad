using FunctionsMonitor.TestSupport.Flows;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres.Flows;

public sealed class PostgresPersisterTests(PostgresFixture postgres) : PersisterContract(new PostgresFlowStore(postgres));
