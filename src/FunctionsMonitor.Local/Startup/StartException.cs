namespace FunctionsMonitor.Local.Startup;

/// <summary>The host cannot start as it was told to. The message names the setting and is all that the person at the terminal sees.</summary>
internal sealed class StartException(string message, Exception? innerException = null) : Exception(message, innerException);
