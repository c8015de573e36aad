using DurableCircuitBreaker.Stores;

namespace FunctionsMonitor.TestSupport.Breakers;

/// <summary>What <see cref="BreakerStateStoreContract{TStore}"/> tries on every store.</summary>
public static class StoreCases
{
    public static TheoryData<string> RightNames =>
        ["a", "7", "_", "~", "-a", "a.", "metrics-store", "name~dry-run", "A.b_C~d-9", "con", new string('x', BreakerNames.MaxStoreLength)];

    public static TheoryData<string?> WrongNames => new(
        null, "", ".", "..", ".hidden", "a/b", "a\\b", "a#b", "a?b", "a%2f", "a b", "a\n", "a\0", "ä", "a+b", "a'b", "a:b", "*",
        new string('x', BreakerNames.MaxStoreLength + 1));

    public static TheoryData<string> Contents =>
    [
        "{}",
        "x",
        "{\"version\":1,\"text\":\"with \\\"quotes\\\", a \\\\ and <markup> & ' % + \"}",
        "\uFEFFa byte order mark of its own",
        " \r\n\t between white space\r\n ",
        // One character of each plane of Unicode.
        string.Concat(Enumerable.Range(0, 17).Select(plane => char.ConvertFromUtf32(plane * 0x10000 + 0x4E00))),
        // 60 KiB each, of three bytes and of four; then the most characters.
        new string('漢', 20 * 1024),
        string.Concat(Enumerable.Repeat("😀", 15 * 1024)),
        new string('z', 32 * 1024),
    ];
}
