using FunctionsMonitor.Live;

namespace FunctionsMonitor.Tests.Live;

public sealed class LiveEventIdTests
{
    [Fact]
    public void It_reads_what_it_writes()
    {
        var id = new LiveEventId(1_795_521_362_227_174, Guid.Parse("01a20f33-7cb3-7ef3-9e14-3d38548c056d"));
        Assert.Equal("1795521362227174-01a20f337cb37ef39e143d38548c056d", id.ToString());
        Assert.True(LiveEventId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1")]
    [InlineData("-01a20f337cb37ef39e143d38548c056d")]
    [InlineData("01-01a20f337cb37ef39e143d38548c056d")]
    [InlineData("1-01A20F337CB37EF39E143D38548C056D")]
    [InlineData("1-01a20f33-7cb3-7ef3-9e14-3d38548c056d")]
    [InlineData("99999999999999999999-01a20f337cb37ef39e143d38548c056d")]
    [InlineData("1-01a20f337cb37ef39e143d38548c056d ")]
    public void Anything_else_is_none(string? text) => Assert.False(LiveEventId.TryParse(text, out _));
}
