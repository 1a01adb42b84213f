using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Wire;
using Xunit;

namespace Dtao.Client.Tests;

public sealed class CliValueTests
{
    private const string Add = "stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 1.5";
    private const ulong Half = 500_000_000;
    private readonly CliRun _cli = new();

    public static TheoryData<string, Call> Lines => new()
    {
        { Add + " --no-safe", Calls.AddStake(DevAccounts.Bob, new NetUid(1), new Tao(1_500_000_000)) },
        { Add, Calls.AddStakeLimit(DevAccounts.Bob, new NetUid(1), new Tao(1_500_000_000), new LimitPrice(Half + 2_500_000), false) },
        {
            Add + " --tolerance 0.1 --allow-partial-stake",
            Calls.AddStakeLimit(DevAccounts.Bob, new NetUid(1), new Tao(1_500_000_000), new LimitPrice(Half + 50_000_000), true)
        },
        { "stake add --coldkey //Alice --hotkey //Bob --netuid 0 --amount 1", Calls.AddStake(DevAccounts.Bob, NetUid.Root, new Tao(1_000_000_000)) },
        {
            "stake add --coldkey //Alice --hotkey //Bob --netuid 1 --all --unsafe",
            Calls.AddStake(DevAccounts.Bob, new NetUid(1), new Tao(1_234_567_890_123 - 1_000_000_000 - 500))
        },
        { "stake remove --coldkey //Alice --hotkey //Bob --netuid 1 --amount 2 --no-safe", Calls.RemoveStake(DevAccounts.Bob, new NetUid(1), new Alpha(2_000_000_000)) },
        {
            "stake remove --coldkey //Alice --hotkey //Bob --netuid 1 --amount 2",
            Calls.RemoveStakeLimit(DevAccounts.Bob, new NetUid(1), new Alpha(2_000_000_000), new LimitPrice(Half - 2_500_000), false)
        },
        {
            "stake remove --coldkey //Alice --hotkey //Bob --netuid 1 --all",
            Calls.RemoveStakeFullLimit(DevAccounts.Bob, new NetUid(1), new LimitPrice(Half - 2_500_000))
        },
        { "stake remove --coldkey //Alice --hotkey //Bob --netuid 1 --all --no-safe", Calls.RemoveStakeFullLimit(DevAccounts.Bob, new NetUid(1), null) },
        {
            "stake remove --coldkey //Alice --hotkey //Bob --netuid 1 --all --partial --tolerance 2",
            Calls.RemoveStakeLimit(DevAccounts.Bob, new NetUid(1), new Alpha(3_000_000_001), new LimitPrice(0), true)
        },
        { "stake remove --coldkey //Alice --hotkey //Bob --all", Calls.UnstakeAll(DevAccounts.Bob) },
        { "stake remove --coldkey //Alice --hotkey //Bob --all-alpha", Calls.UnstakeAllAlpha(DevAccounts.Bob) },
        {
            "stake move --coldkey //Alice --origin-hotkey //Bob --dest-hotkey //Eve --origin-netuid 1 --dest-netuid 0 --amount 1",
            Calls.MoveStake(DevAccounts.Bob, DevAccounts.Eve, new NetUid(1), NetUid.Root, new Alpha(1_000_000_000))
        },
        {
            "stake transfer --coldkey //Alice --hotkey //Bob --dest //Dave --origin-netuid 1 --all",
            Calls.TransferStake(DevAccounts.Dave, DevAccounts.Bob, new NetUid(1), new NetUid(1), Alpha.Max)
        },
        {
            "stake swap --coldkey //Alice --hotkey //Bob --origin-netuid 1 --dest-netuid 0 --amount 1",
            Calls.SwapStakeLimit(DevAccounts.Bob, new NetUid(1), NetUid.Root, new Alpha(1_000_000_000), Half - 2_500_000, false)
        },
        {
            "stake swap --coldkey //Alice --hotkey //Bob --origin-netuid 1 --dest-netuid 0 --amount 1 --no-safe",
            Calls.SwapStake(DevAccounts.Bob, new NetUid(1), NetUid.Root, new Alpha(1_000_000_000))
        },
        { "wallet transfer --coldkey //Alice --dest //Bob --amount 0.000000001", Calls.Transfer(DevAccounts.Bob, new Tao(1), true) },
        { "wallet transfer --coldkey //Alice --destination //Bob --all --allow-death", Calls.TransferAll(DevAccounts.Bob, false) },
        { "wallet swap-hotkey --coldkey //Alice --hotkey //Bob --destination //Eve --netuid 1", Calls.SwapHotkey(DevAccounts.Bob, DevAccounts.Eve, new NetUid(1)) },
        { "wallet swap-hotkey --coldkey //Alice --hotkey //Bob --destination //Eve --all-netuids --keep-stake", Calls.SwapHotkey(DevAccounts.Bob, DevAccounts.Eve, null, true) },
        { "wallet swap-coldkey execute --coldkey //Alice --new-coldkey //Eve", Calls.SwapColdkeyAnnounced(DevAccounts.Eve) },
        { "wallet swap-coldkey clear --coldkey //Alice", Calls.ClearColdkeySwapAnnouncement() },
        { "wallet swap-coldkey dispute --coldkey //Alice", Calls.DisputeColdkeySwap() },
        { "sudo set --coldkey //Alice --netuid 1 --param rho --value 11", Calls.SetHyperparameter(new NetUid(1), "rho", "11") },
        { "sudo set --coldkey //Alice --netuid 1 --param yuma3_enabled --value True", Calls.SetHyperparameter(new NetUid(1), "yuma3_enabled", "true") },
        { "sudo set --coldkey //Alice --param sudo_key --value //Bob", Calls.SudoSet("sudo_key", DevAccounts.Bob.ToString()) },
        // Bob keeps 5898 of 65535: what is more raises the take, what is less lowers it.
        { "sudo set-take --coldkey //Alice --hotkey //Bob --take 0.18", Calls.IncreaseTake(DevAccounts.Bob, new Take(11_796)) },
        { "sudo set-take --coldkey //Alice --hotkey //Bob --take 0.05", Calls.DecreaseTake(DevAccounts.Bob, new Take(3_276)) },
        { "subnets register --coldkey //Alice --hotkey //Bob --netuid 1", Calls.RegisterNeuron(DevAccounts.Bob, new NetUid(1)) },
        { "subnets register --coldkey //Alice --hotkey //Bob --netuid 1 --limit 2", Calls.RegisterLimit(DevAccounts.Bob, new NetUid(1), new Tao(2_000_000_000)) },
        { "subnets register --coldkey //Alice --hotkey //Bob --netuid 0", Calls.RootRegister(DevAccounts.Bob) },
        { "subnets create --coldkey //Alice --hotkey //Bob", Calls.RegisterNetwork(DevAccounts.Bob) },
        {
            "subnets create --coldkey //Alice --hotkey //Bob --subnet-name new --logo-url logo",
            Calls.RegisterNetwork(DevAccounts.Bob, new IdentityDetail("new", "", "", "", "", "", "logo", ""))
        },
        // What is left out stays.
        {
            "subnets set-identity --coldkey //Alice --netuid 0 --subnet-name root --discord-handle it",
            Calls.SetSubnetIdentity(NetUid.Root, new IdentityDetail("root", "https://example.org/root", "root\u001b[31m@example.org", "", "it", "All of it.", "", ""))
        },
        { "subnets set-identity --coldkey //Alice --netuid 1 --url page", Calls.SetSubnetIdentity(new NetUid(1), new IdentityDetail("", "", "", "page", "", "", "", "")) },
        { "subnets set-symbol γ --coldkey //Alice --netuid 1", Calls.UpdateSymbol(new NetUid(1), "γ") },
        {
            "wallet set-identity --coldkey //Alice --image-url picture",
            Calls.SetIdentity(new ColdkeyIdentityDetail("Alice", "https://example.org", "", "picture", "", "Stakes.\u001b", ""))
        },
        { "sudo swap-coldkey --coldkey //Alice --old-coldkey //Bob --new-coldkey //Eve", Calls.SwapColdkey(DevAccounts.Bob, DevAccounts.Eve, Tao.Zero) },
        { "sudo swap-coldkey --coldkey //Alice --former //Bob --new-coldkey //Eve --cost 0.1", Calls.SwapColdkey(DevAccounts.Bob, DevAccounts.Eve, new Tao(100_000_000)) },
        { "sudo reset-coldkey-swap --coldkey //Alice --old-coldkey //Bob", Calls.ResetColdkeySwap(DevAccounts.Bob) },
        { "root set-auto-parent --coldkey //Alice --hotkey //Bob --enabled false", Calls.SetAutoParentDelegation(DevAccounts.Bob, false) },
        { "subnets start --coldkey //Alice --netuid 1", Calls.StartCall(new NetUid(1)) },
        { "stake child take --coldkey //Alice --hotkey //Bob --netuid 1 --take 0.18", Calls.SetChildkeyTake(DevAccounts.Bob, new NetUid(1), new Take(11_796)) },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Command_Written_SubmitsExactlyThatCall(string line, Call expected)
    {
        var code = await Run(line + " --yes");

        Assert.Equal((0, ""), (code, _cli.Error));
        var operation = Assert.Single(_cli.Network.Submitted);
        Assert.Equal((DevAccounts.Alice, expected), (operation.Signer, operation.Call));
    }

    [Fact]
    public async Task SetIdentity_EmptyText_TakesItAway()
    {
        Assert.Equal(0, await _cli.RunAsync("wallet", "set-identity", "--coldkey", "//Alice", "--description", "", "--yes"));

        Assert.Equal(
            Calls.SetIdentity(new ColdkeyIdentityDetail("Alice", "https://example.org", "", "", "", "", "")), Assert.Single(_cli.Network.Submitted).Call);
    }

    /// <summary>Calls with lists: lists of the same items are not equal, so what is written of them is compared.</summary>
    [Fact]
    public async Task Command_WithLists_SubmitsExactlyThem()
    {
        await AssertSubmits("weights set --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3", Calls.SetWeights(new NetUid(1), [0, 2], [1, 3]));
        await AssertSubmits(
            "weights commit --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3 --salt 7,8 --version-key 5 --mechid 1",
            Calls.CommitWeights(DevAccounts.Alice, new NetUid(1), [0, 2], [1, 3], [7, 8], 5, 1));
        await AssertSubmits(
            "weights reveal --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3 --salt 7,8", Calls.RevealWeights(new NetUid(1), [0, 2], [1, 3], [7, 8]));
        await AssertSubmits(
            "weights batch-set --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3 --netuid 2 --uids 4 --weights 5 --version-key 6",
            Calls.BatchSetWeights([Calls.SetWeights(new NetUid(1), [0, 2], [1, 3], 6), Calls.SetWeights(new NetUid(2), [4], [5], 6)]));
        await AssertSubmits(
            "weights batch-commit --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3 --salt 7,8 --netuid 2 --uids 4 --weights 5 --salt 9",
            Calls.BatchCommitWeights(
            [
                Calls.CommitWeights(DevAccounts.Alice, new NetUid(1), [0, 2], [1, 3], [7, 8]), Calls.CommitWeights(DevAccounts.Alice, new NetUid(2), [4], [5], [9]),
            ]));
        await AssertSubmits(
            "stake child set --coldkey //Alice --hotkey //Bob --netuid 1 --children //Eve --children //Dave --proportions 0.5 --proportions 0.25",
            Calls.SetChildren(DevAccounts.Bob, new NetUid(1), [new(ulong.MaxValue / 2, DevAccounts.Eve), new(ulong.MaxValue / 4, DevAccounts.Dave)]));
        await AssertSubmits("stake child revoke --coldkey //Alice --hotkey //Bob --netuid 1", Calls.SetChildren(DevAccounts.Bob, new NetUid(1), []));
        await AssertSubmits("wallet swap-coldkey announce --coldkey //Alice --new-coldkey //Eve", Calls.AnnounceColdkeySwap(DevAccounts.Eve));
        await AssertSubmits("root claim --coldkey //Alice --netuids 1,2", Calls.ClaimRoot([new(1), new(2)]));
        await AssertSubmits("root set-claim-type --coldkey //Alice --type Keep", Calls.SetRootClaimType(RootClaimType.Keep));
        await AssertSubmits(
            "root set-claim-type --coldkey //Alice --type KeepSubnets --netuids 3", Calls.SetRootClaimType(new(RootClaimKind.KeepSubnets, [new NetUid(3)])));
    }

    private async Task AssertSubmits(string line, Call expected)
    {
        _cli.Network.Submitted.Clear();
        Assert.Equal((0, ""), (await Run(line + " --yes"), _cli.Error));
        var operation = Assert.Single(_cli.Network.Submitted);
        var (sent, meant) = (new RecordWriter(), new RecordWriter());
        LedgerCodec.Write(sent, operation.Call);
        LedgerCodec.Write(meant, expected);
        Assert.Equal(DevAccounts.Alice, operation.Signer);
        Assert.Equal(meant.WrittenSpan.ToArray(), sent.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("weights set --hotkey //Alice --netuid 1 --uids 0,x --weights 1,3")]
    [InlineData("weights set --hotkey //Alice --netuid 1 --uids 0 --weights 65536")]
    [InlineData("weights batch-set --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3 --netuid 2 --uids 4")]
    [InlineData("weights batch-set --hotkey //Alice --netuid 1 --uids 0,x --weights 1,3")]
    [InlineData("weights batch-set --hotkey //Alice --netuid 65536 --uids 0 --weights 1")]
    [InlineData("weights batch-commit --hotkey //Alice --netuid 1 --uids 0,2 --weights 1,3")]
    [InlineData("root set-claim-type --coldkey //Alice --type KeepSubnets")]
    [InlineData("root set-claim-type --coldkey //Alice --type Swap --netuids 1")]
    [InlineData("stake child set --coldkey //Alice --hotkey //Bob --netuid 1 --children //Eve --proportions 1.1")]
    [InlineData("stake child set --coldkey //Alice --hotkey //Bob --netuid 1 --children //Eve --proportions 0.1 --proportions 0.1")]
    [InlineData("stake child set --coldkey //Alice --hotkey //Bob --netuid 1 --children Eve --proportions 0.1")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 1 --all")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 1e9")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 0.0000000001")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 99999999999999")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 1 --safe --no-safe")]
    [InlineData("stake add --coldkey //Alice --hotkey //Bob --netuid 1 --amount 1 --operation nonsense")]
    [InlineData("stake remove --coldkey //Alice --hotkey //Bob --netuid 1")]
    [InlineData("stake remove --coldkey //Alice --hotkey //Bob --amount 1")]
    [InlineData("stake remove --coldkey //Alice --hotkey //Bob --netuid 1 --all-alpha")]
    [InlineData("stake move --coldkey //Alice --origin-hotkey //Bob --origin-netuid 1 --amount 1")]
    [InlineData("wallet transfer --coldkey //Alice --amount 1")]
    public async Task Command_WrittenWrongly_EndsWithTwoAndSendsNothing(string line)
    {
        var code = await Run(line + " --yes");

        Assert.Equal((2, 0), (code, _cli.Connections));
        Assert.NotEmpty(_cli.Error);
    }

    [Theory]
    [InlineData(Add)]
    [InlineData(Add + " --json")]
    public async Task Command_NobodyToAsk_IsRefusedBeforeItConnects(string line)
    {
        _cli.HasPerson = line.EndsWith("--json", StringComparison.Ordinal);

        var code = await Run(line);

        Assert.Equal((2, 0, ""), (code, _cli.Connections, _cli.Output));
        Assert.Contains("--no-prompt", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y", 0, 1)]
    [InlineData("yes", 0, 1)]
    [InlineData("n", 1, 0)]
    [InlineData("", 1, 0)]
    [InlineData(null, 1, 0)]
    public async Task Command_PersonIsAsked_SendsOnlyOnYes(string? answer, int code, int sent)
    {
        _cli.HasPerson = true;
        _cli.Answers.Enqueue(answer);

        Assert.Equal(code, await Run(Add));
        Assert.Equal(sent, _cli.Network.Submitted.Count);
    }

    [Fact]
    public async Task StakeAdd_Applied_PrintsItsGolden()
    {
        _cli.Network.OnSubmit = (operation, _) => Task.FromResult(Applied(operation));

        await Run(Add + " --yes --operation 0196a0b0c0d070008000000000000001@164");

        Assert.Equal(Golden.Of("stake add applied", _cli.Output), _cli.Output);
    }

    [Fact]
    public async Task StakeAdd_AppliedAsJson_PrintsItsGolden()
    {
        _cli.Network.OnSubmit = (operation, _) => Task.FromResult(Applied(operation));

        await Run(Add + " --yes --json --operation 0196a0b0c0d070008000000000000001@164");

        Assert.Equal(Golden.Of("stake add applied json", _cli.Output), _cli.Output);
        using var json = JsonDocument.Parse(_cli.Output);
        Assert.Equal("2990000000", json.RootElement.GetProperty("moves")[0].GetProperty("alpha_rao").GetString());
    }

    [Fact]
    public async Task StakeAdd_Refused_EndsWithOneAndSaysWhatToDo()
    {
        _cli.Network.OnSubmit = (operation, _) =>
            Task.FromResult(Receipt.Of(operation.Id, CallOutcome.Refused(LedgerError.SlippageTooHigh), new BlockNumber(100), 1, new NetUid(1)));

        var code = await Run(Add + " --yes");

        Assert.Equal(1, code);
        Assert.Equal($"Refused: SlippageTooHigh. {Advice.For(LedgerError.SlippageTooHigh)}\n", _cli.Error);
    }

    [Fact]
    public async Task StakeAdd_NeverAnswered_EndsWithThreeAndSaysHowToRepeat()
    {
        _cli.Network.OnSubmit = (_, _) => Task.FromException<Receipt>(new TimeoutException("No answer."));

        var code = await Run(Add + " --yes");
        var operation = _cli.Network.Submitted[0];
        var again = await Run($"{Add} --yes --operation {new OperationTicket(operation.Id, operation.LastValidBlock)}");

        Assert.Equal((3, 3), (code, again));
        Assert.Contains($"--operation {operation.Id}@{operation.LastValidBlock}", _cli.Error, StringComparison.Ordinal);
        Assert.Single(_cli.Network.Submitted.Distinct());
    }

    [Fact]
    public async Task StakeAdd_QuoteSaysRefused_SaysSoAndLetsTheLedgerDecide()
    {
        _cli.Network.Quote = _cli.Network.Quote! with { Error = LedgerError.AmountTooLow };

        var code = await Run(Add + " --yes");

        Assert.Equal(0, code);
        Assert.Contains("would be refused: AmountTooLow", _cli.Output, StringComparison.Ordinal);
        Assert.Single(_cli.Network.Submitted);
    }

    [Theory]
    [InlineData(0UL, "Transaction fee: 0.001532179 τ", "Transaction fee paid: 0.001532179 τ")]
    [InlineData(15_321_790UL, "Transaction fee: 0.015321790 α of the stake, sold for 0.001532179 τ", "Transaction fee paid: 0.015321790 α of the stake, sold for 0.001532179 τ")]
    public async Task StakeAdd_NetworkWithFees_ShowsWhatIsQuotedAndWhatWasPaid(ulong alpha, string quoted, string paid)
    {
        _cli.Network.Quote = _cli.Network.Quote! with { TransactionFee = new Tao(1_532_179), TransactionFeeAlpha = new Alpha(alpha) };
        var fee = new TransactionFee(new Tao(1_532_179), new Alpha(alpha), alpha == 0 ? null : new NetUid(1));
        _cli.Network.OnSubmit = (operation, _) => Task.FromResult(
            Receipt.Of(operation.Id, CallOutcome.Refused(LedgerError.SlippageTooHigh) with { Fee = fee }, new BlockNumber(100), 1, new NetUid(1)));

        Assert.Equal(1, await Run(Add + " --yes"));
        var text = _cli.Output;
        await Run(Add + " --yes --json");

        Assert.Contains(quoted + "\n", text, StringComparison.Ordinal);
        Assert.Contains(paid + "\n", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(_cli.Output[text.Length..]);
        Assert.Equal("1532179", json.RootElement.GetProperty("quote").GetProperty("transaction_fee_rao").GetString());
        Assert.Equal(alpha.ToString(System.Globalization.CultureInfo.InvariantCulture), json.RootElement.GetProperty("transaction_fee").GetProperty("alpha_rao").GetString());
    }

    private static Receipt Applied(Operation operation)
    {
        var move = new StakeMove(
            StakeMoveKind.In, new NetUid(1), DevAccounts.Bob, DevAccounts.Alice, new Tao(1_500_000_000), new Alpha(2_990_000_000), 755_000);
        return Receipt.Of(operation.Id, new CallOutcome(LedgerError.None) { Moves = [move] }, new BlockNumber(101), 12, new NetUid(1));
    }

    private Task<int> Run(string line) => _cli.RunAsync(line.Split(' '));
}
