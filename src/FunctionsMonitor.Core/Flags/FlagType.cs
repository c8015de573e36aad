namespace FunctionsMonitor.Flags;

public enum FlagType
{
    Bool,
    String,
    Int,
    Float,
}
