namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Why a listing could not be had.</summary>
public enum SettingsReadFault
{
    /// <summary>Nobody answered, or only that it cannot now: tried again, and a failure to the breaker.</summary>
    Unavailable,

    /// <summary>We ask too often (429): not tried again before the time that was told, and no failure to the breaker; it answered.</summary>
    Throttled,

    /// <summary>We may not, or ask for what is not there: only a person can help. It answered.</summary>
    Refused,
}
