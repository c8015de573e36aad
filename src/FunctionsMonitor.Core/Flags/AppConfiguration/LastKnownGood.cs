using System.Text.Json;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>
/// What is kept for a start without App Configuration: the settings as they were sent, one by one the last that could be used. Not the values
/// that came of them: a filter may decide otherwise by then.
/// </summary>
/// <param name="Origin">Which store and label it is of: an app that was pointed elsewhere must not start from it.</param>
/// <param name="AnsweredAt">When App Configuration last said so; within <see cref="MaxAge"/>.</param>
/// <param name="Settings">By key and label.</param>
internal sealed record LastKnownGood(string Origin, DateTimeOffset AnsweredAt, IReadOnlyList<RemoteSetting> Settings)
{
    /// <summary>While nothing changes it is written again this often, so that its age says something.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, LastKnownGoodJson.Default.LastKnownGood);

    /// <exception cref="JsonException">It is not what <see cref="Encode"/> makes.</exception>
    public static LastKnownGood Decode(ReadOnlySpan<byte> content) =>
        JsonSerializer.Deserialize(content, LastKnownGoodJson.Default.LastKnownGood) is { Origin: not null, Settings: not null } decoded
        && decoded.Settings.All(setting => setting is { Key: not null })
            ? decoded
            : throw new JsonException("It lacks members.");
}
