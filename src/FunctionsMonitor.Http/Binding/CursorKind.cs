namespace FunctionsMonitor.Http.Binding;

/// <summary>Which list a cursor belongs to; the numbers are in cursors that clients hold.</summary>
internal enum CursorKind : byte
{
    Events = 1,
    DeadLetters = 2,
    Operations = 3,
}
