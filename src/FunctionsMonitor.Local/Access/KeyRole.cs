namespace FunctionsMonitor.Local.Access;

/// <summary>Which of the three keys was shown.</summary>
internal enum KeyRole
{
    Ingest,
    Read,
    Operate,
}
