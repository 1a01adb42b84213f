using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;
using Dtao.Grains.Validators;
using Xunit;

namespace Dtao.Grains.Tests.Validators;

/// <summary>What a hotkey was when a block began, whatever has come in since.</summary>
public sealed class HotkeyAtStartTests
{
    private static readonly AccountId Hotkey = ModelBytes.Account(7);
    private static readonly AccountId Owner = ModelBytes.Account(1);
    private static readonly NetworkParameters Parameters = NetworkParameters.Default with { TakeRateLimit = 0 };

    /// <summary>
    /// Steps, and the take at the start of a block: "T n" somebody tells the start of block n, "n=t" an owner who has seen block n sets the take.
    /// </summary>
    [Theory]
    [InlineData("", 5, 100)]
    [InlineData("4=200", 5, 200)]
    [InlineData("5=200", 5, 100)]
    [InlineData("6=200", 6, 100)]
    [InlineData("4=200 5=300", 5, 200)]
    [InlineData("5=200 5=300", 5, 100)]
    [InlineData("5=200 5=300 6=400", 6, 300)]
    [InlineData("T5 4=200", 5, 100)]
    [InlineData("T5 4=200", 6, 200)]
    [InlineData("T5 4=200 4=300", 5, 100)]
    [InlineData("4=200 T5 4=300", 5, 200)]
    [InlineData("T5 T5 4=200", 5, 100)]
    [InlineData("T6 T5 4=200", 6, 100)]
    [InlineData("5=200 T5 4=300", 5, 100)]
    [InlineData("5=100", 5, 100)]
    public void FactsAtStart_ChangesAroundTheBlock_AreThoseBeforeIt(string steps, ulong block, int take)
    {
        var state = Owned(100);
        ulong sequence = 0;
        foreach (var step in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step[0] == 'T')
            {
                Tell(state, ulong.Parse(step[1..], null));
                continue;
            }

            var parts = step.Split('=');
            Apply(state, Take(state, ++sequence, ulong.Parse(parts[0], null), int.Parse(parts[1], null)));
        }

        var facts = ValidatorDecider.FactsAtStart(ValidatorModel.Instance.RereadState(state), new BlockNumber(block));

        Assert.Equal((ushort)take, facts!.StoredTake);
    }

    [Fact]
    public void Decide_SenderBehindATellingOfTheBlock_BelongsToTheBlockAndIsToldSo()
    {
        var state = Owned(100);
        Tell(state, 9);

        var decided = Take(state, 1, 4, 200);
        Apply(state, decided);

        Assert.Equal(new BlockNumber(9), decided.Outcome.Block);
        Assert.Equal(new HotkeyChange(new BlockNumber(9), new HotkeyRecord(Owner) { StoredTake = new Take(100) }), state.LastChange);
        Assert.Equal(new BlockNumber(9), state.Record!.LastTakeChange);
    }

    [Fact]
    public void FactsAtStart_HotkeyAssociatedInTheBlock_IsNullAndThereInTheNext()
    {
        var state = new ValidatorState { Hotkey = Hotkey };
        var call = new Call { Kind = CallKind.TryAssociateHotkey, Hotkey = Hotkey };
        Apply(state, Decide(state, 1, 5, call));

        Assert.Null(ValidatorDecider.FactsAtStart(state, new BlockNumber(5)));
        Assert.Equal(Owner, ValidatorDecider.FactsAtStart(state, new BlockNumber(6))!.Owner);
    }

    [Fact]
    public void FactsAtStart_DelegateEnsuredForABlock_IsOneOnlyAfterIt()
    {
        var state = new ValidatorState { Hotkey = Hotkey, Record = new HotkeyRecord(Owner) };
        Tell(state, 4);
        Apply(state, ValidatorDecider.EnsureDelegate(state, new BlockNumber(5), new BlockNumber(3))!);

        Assert.Null(ValidatorDecider.FactsAtStart(state, new BlockNumber(5))!.StoredTake);
        Assert.Equal(Economics.Take.Default.Parts, ValidatorDecider.FactsAtStart(state, new BlockNumber(6))!.StoredTake);
    }

    [Fact]
    public void FactsAtStart_RefusedOperation_IsNoChange()
    {
        var state = Owned(100);
        Apply(state, Take(state, 1, 5, 100));

        Assert.Equal(new BlockNumber(5), state.Seen);
        Assert.Null(state.LastChange);
    }

    [Fact]
    public void FactsAtStart_BlockBeforeTheLastChange_IsNotKept()
    {
        var state = Owned(100);
        Apply(state, Take(state, 1, 6, 200));

        Assert.Throws<InvalidOperationException>(() => ValidatorDecider.FactsAtStart(state, new BlockNumber(5)));
    }

    [Theory]
    [InlineData(4, 5, true)]
    [InlineData(5, 5, false)]
    [InlineData(6, 5, false)]
    public void TellStart_BlockSeenAlready_NeedsNoEvent(ulong seen, ulong block, bool isNews)
    {
        var state = Owned(100);
        state.Seen = new BlockNumber(seen);

        Assert.Equal(isNews ? new StartTold(new BlockNumber(block)) : null, ValidatorDecider.TellStart(state, new BlockNumber(block)));
    }

    /// <summary>An event from before delegates carried their block belongs to the highest block seen.</summary>
    [Fact]
    public void Apply_DelegateWithoutABlock_ChangesInTheHighestSeen()
    {
        var state = new ValidatorState { Hotkey = Hotkey, Record = new HotkeyRecord(Owner), Seen = new BlockNumber(5) };

        Apply(state, new DelegateEnsured(Economics.Take.Default, BlockNumber.Genesis));

        Assert.Equal(new HotkeyChange(new BlockNumber(5), new HotkeyRecord(Owner)), state.LastChange);
        Assert.Equal(new BlockNumber(5), state.Seen);
    }

    private static void Tell(ValidatorState state, ulong block)
    {
        if (ValidatorDecider.TellStart(state, new BlockNumber(block)) is { } told) Apply(state, told);
    }

    private static void Apply(ValidatorState state, ValidatorEvent happened) =>
        ValidatorModel.Instance.Apply(state, ValidatorModel.Instance.Reread(happened));

    private static HotkeyOperationDecided Take(ValidatorState state, ulong sequence, ulong seen, int take) => Decide(state, sequence, seen, new Call
    {
        Kind = CallKind.IncreaseTake,
        Hotkey = Hotkey,
        Take = new Take((ushort)take),
    });

    /// <summary>The process itself lags behind every sender.</summary>
    private static HotkeyOperationDecided Decide(ValidatorState state, ulong sequence, ulong seen, Call call)
    {
        var head = new MessageHead(Owner, sequence, 1, new BlockNumber(5_000), new BlockNumber(seen), LogStamp.Durable);
        var decision = ValidatorDecider.Decide(state, new PoolCommand(head, call, Tao.Zero), Parameters, new BlockNumber(1));
        return Assert.IsType<ValidatorDecision.Decide>(decision).Event;
    }

    private static ValidatorState Owned(int take) => new()
    {
        Hotkey = Hotkey,
        Record = new HotkeyRecord(Owner) { StoredTake = new Take((ushort)take) },
    };
}
