using Xunit;

namespace Dtao.Client.Tests;

public sealed class CliReadTests
{
    private readonly CliRun _cli = new();

    [Theory]
    [InlineData("wallet balance --coldkey //Alice")]
    [InlineData("wallet balance --coldkey //Alice --json")]
    [InlineData("wallet swap-check --coldkey //Alice")]
    [InlineData("wallet swap-check --coldkey //Alice --json")]
    [InlineData("wallet swap-check --coldkey //Bob")]
    [InlineData("wallet get-identity --coldkey //Alice")]
    [InlineData("wallet get-identity --coldkey //Alice --json")]
    [InlineData("wallet get-identity --coldkey //Bob")]
    [InlineData("subnets get-identity --netuid 0")]
    [InlineData("subnets get-identity --netuid 0 --json")]
    [InlineData("subnets get-identity --netuid 1")]
    [InlineData("stake list --coldkey //Alice")]
    [InlineData("stake list --coldkey //Alice --json-output")]
    [InlineData("subnets list")]
    [InlineData("subnets list --json")]
    [InlineData("subnets show --netuid 1")]
    [InlineData("subnets price")]
    [InlineData("subnets price --netuid 1 --json")]
    [InlineData("subnets hyperparameters --netuid 1")]
    [InlineData("sudo get --netuid 1 --json")]
    [InlineData("sudo get")]
    [InlineData("subnets metagraph --netuid 1")]
    [InlineData("subnets metagraph --netuid 1 --json")]
    [InlineData("subnets burn-cost")]
    [InlineData("subnets burn-cost --json")]
    [InlineData("stake child get --netuid 1 --hotkey //Bob")]
    [InlineData("stake child get --netuid 1 --hotkey //Bob --json")]
    [InlineData("validators")]
    [InlineData("validators --netuid 1 --count 1")]
    [InlineData("validators --netuid 1 --json")]
    [InlineData("sudo get-take --hotkey //Bob")]
    [InlineData("sudo get-take --hotkey //Bob --json")]
    [InlineData("root list")]
    [InlineData("root list --json")]
    [InlineData("root claimable --coldkey //Alice")]
    [InlineData("root claimable --coldkey //Alice --json")]
    [InlineData("root get-claim-type --coldkey //Alice")]
    [InlineData("root get-claim-type --coldkey //Alice --json")]
    [InlineData("block show")]
    [InlineData("block show --block 100 --json")]
    [InlineData("block watch --from 100 --count 1")]
    [InlineData("block watch --from 100 --count 1 --json")]
    public async Task Command_OverTheFakeNetwork_PrintsItsGolden(string line)
    {
        var code = await _cli.RunAsync(line.Split(' '));

        Assert.Equal((0, ""), (code, _cli.Error));
        Assert.Equal(Golden.Of(line, _cli.Output), _cli.Output);
    }

    [Theory]
    [InlineData("subnets show --netuid 9", "There is no subnet 9.")]
    [InlineData("subnets price --netuid 9", "There is no subnet 9.")]
    [InlineData("sudo get --netuid 9", "There is no subnet 9.")]
    [InlineData("subnets metagraph --netuid 9", "There is no subnet 9.")]
    [InlineData("stake child get --netuid 9 --hotkey //Bob", "There is no subnet 9.")]
    [InlineData("validators --netuid 9", "There is no subnet 9.")]
    [InlineData("sudo get-take --hotkey //Ferdie", "Nobody owns hotkey")]
    [InlineData("block show --block 101", "Block 101 is not closed yet.")]
    [InlineData("block show --block 0", "Block 0 is genesis and has no header.")]
    public async Task Command_NothingThere_SaysSoAndEndsWithOne(string line, string message)
    {
        var code = await _cli.RunAsync(line.Split(' '));

        Assert.Equal((1, ""), (code, _cli.Output));
        Assert.StartsWith(message, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_NetworkNotReached_EndsWithThree()
    {
        _cli.ConnectFailure = new NetworkUnreachableException("No gateway accepts connections at 127.0.0.1:30000.");

        var code = await _cli.RunAsync("subnets", "list");

        Assert.Equal((3, "", "No gateway accepts connections at 127.0.0.1:30000.\n"), (code, _cli.Output, _cli.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stake")]
    [InlineData("stake nonsense")]
    [InlineData("wallet balance")]
    [InlineData("wallet balance --coldkey 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ")]
    [InlineData("subnets show --netuid 65536")]
    [InlineData("subnets show --netuid -1")]
    [InlineData("block show --block x")]
    [InlineData("subnets list --gateway nowhere")]
    [InlineData("subnets list --gateway 127.0.0.1:0")]
    public async Task Command_WrittenWrongly_EndsWithTwoAndConnectsNowhere(string line)
    {
        var code = await _cli.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, 0), (code, _cli.Connections));
        Assert.NotEmpty(_cli.Error);
    }

    [Fact]
    public async Task Command_WrongChecksum_NamesTheFault()
    {
        await _cli.RunAsync("wallet", "balance", "--coldkey", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ");

        Assert.Contains("checksum", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfEveryCommand_EndsWithZero()
    {
        foreach (var line in new[] { "--help", "stake --help", "stake add --help", "wallet transfer --help", "--version" })
        {
            Assert.Equal(0, await new CliRun().RunAsync(line.Split(' ')));
        }
    }
}
