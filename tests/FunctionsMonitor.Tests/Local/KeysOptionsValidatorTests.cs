using FunctionsMonitor.Local.Access;

namespace FunctionsMonitor.Tests.Local;

public sealed class KeysOptionsValidatorTests
{
    private static readonly string Shortest = new('i', KeysOptions.MinLength);
    private static readonly string Longest = new('r', KeysOptions.MaxLength);
    private static readonly string Operate = new('o', 20);

    [Fact]
    public void No_keys_at_all_are_fine() => Assert.Null(Validate(null, "", null));

    [Fact]
    public void Keys_at_the_bounds_are_accepted() => Assert.Null(Validate(Shortest, Longest, Operate));

    [Fact]
    public void A_key_one_character_too_short_is_refused() => Assert.Equal(
        "Keys:Ingest has 15 characters; it must have at least 16.", Validate(Shortest[1..], Longest, Operate));

    [Fact]
    public void A_key_one_character_too_long_is_refused() => Assert.Equal(
        "Keys:Read has 257 characters; it must have at most 256.", Validate(Shortest, Longest + "r", Operate));

    [Fact]
    public void One_key_needs_the_others() => Assert.Equal(
        "Keys:Read is missing; give all three keys or none.; Keys:Operate is missing; give all three keys or none.",
        Validate(Shortest, null, ""));

    [Fact]
    public void Two_keys_may_not_be_the_same() => Assert.Equal(
        "Keys:Ingest and Keys:Operate are the same; each must be different.", Validate(Shortest, Longest, Shortest));

    [Theory]
    [InlineData("a key with some blanks")]
    [InlineData("schlüssel-schlüssel")]
    [InlineData("tab\tkey-0123456789")]
    public void A_key_must_fit_into_a_header(string key)
    {
        var fault = Validate(Shortest, Longest, key);

        Assert.StartsWith("Keys:Operate has a character that a header cannot carry", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(key, fault, StringComparison.Ordinal);
    }

    private static string? Validate(string? ingest, string? read, string? operate) =>
        new KeysOptionsValidator().Validate(null, new() { Ingest = ingest, Read = read, Operate = operate }).FailureMessage;
}
