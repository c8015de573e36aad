using FunctionsMonitor.Local.Startup;

namespace FunctionsMonitor.Tests.Local;

public sealed class CommandLineTests
{
    [Fact]
    public void Nothing_asked_for_is_nothing_special() =>
        Assert.Equal((false, false, false, null), Facts(CommandLine.Parse([])));

    [Fact]
    public void Options_are_understood_together() =>
        Assert.Equal((true, false, false, "http://localhost:7072"), Facts(CommandLine.Parse(["--demo", "--urls", "http://localhost:7072"])));

    [Fact]
    public void A_value_may_follow_an_equals_sign() =>
        Assert.Equal("http://localhost:0;http://[::1]:0", CommandLine.Parse(["--urls=http://localhost:0;http://[::1]:0"]).Urls);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public void Help_has_its_usual_names(string argument) => Assert.True(CommandLine.Parse([argument]).Help);

    [Fact]
    public void The_version_can_be_asked_for() => Assert.True(CommandLine.Parse(["--version"]).Version);

    [Fact]
    public void Migrate_is_the_first_word_and_roles_belong_to_it()
    {
        Assert.Equal((true, false), (CommandLine.Parse(["migrate"]).Migrate, CommandLine.Parse(["migrate"]).Roles));
        Assert.True(CommandLine.Parse(["migrate", "--roles"]).Roles);
        Assert.Throws<StartException>(() => CommandLine.Parse(["--roles"]));
        Assert.Throws<StartException>(() => CommandLine.Parse(["--demo", "migrate"]));
    }

    [Theory]
    [InlineData("--dmeo")]
    [InlineData("demo")]
    [InlineData("")]
    [InlineData("--Demo")]
    [InlineData("--urlsx=1")]
    public void An_unknown_argument_is_named(string argument)
    {
        var exception = Assert.Throws<StartException>(() => CommandLine.Parse(["--demo", argument]));

        Assert.Equal($"Unknown argument '{argument}'. --help lists what there is.", exception.Message);
    }

    [Fact]
    public void A_missing_value_is_said() => Assert.Equal(
        "--urls needs a value, such as --urls http://localhost:7072.", Assert.Throws<StartException>(() => CommandLine.Parse(["--urls"])).Message);

    private static (bool Demo, bool Help, bool Version, string? Urls) Facts(CommandLine command) =>
        (command.Demo, command.Help, command.Version, command.Urls);
}
