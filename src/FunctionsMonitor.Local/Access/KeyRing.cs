using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Access;

/// <summary>Tells which key was shown, in a time that does not depend on how much of it is right, nor on which one it is.</summary>
internal sealed class KeyRing(IOptions<KeysOptions> options)
{
    private readonly (KeyRole Role, byte[] Hash)[] keys = Hashes(options.Value);

    /// <summary>There are keys, so one must be shown.</summary>
    public bool IsNeeded => keys.Length > 0;

    /// <returns>The role of the key; null when it is none of ours.</returns>
    public KeyRole? Find(string? shown)
    {
        // Hashes have one length: comparing them tells nothing about the length of a key.
        var hash = Hash(shown ?? "");
        KeyRole? found = null;
        foreach (var key in keys)
        {
            if (CryptographicOperations.FixedTimeEquals(key.Hash, hash))
                found = key.Role;
        }

        return found;
    }

    private static (KeyRole, byte[])[] Hashes(KeysOptions options) => options.Any
        ? [(KeyRole.Ingest, Hash(options.Ingest!)), (KeyRole.Read, Hash(options.Read!)), (KeyRole.Operate, Hash(options.Operate!))]
        : [];

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
