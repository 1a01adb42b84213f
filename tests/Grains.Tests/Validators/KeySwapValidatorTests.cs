using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Validators;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Validators;

/// <summary>A hotkey that another key takes the place of, and messages of before that come after.</summary>
public sealed class KeySwapValidatorTests
{
    private static readonly HotkeyRecord s_record = new(Account(1)) { StoredTake = new Take(5) };

    [Fact]
    public void TakeOver_OnceAndAgain_CountsOnce()
    {
        var state = new ValidatorState { Hotkey = Account(7), Record = s_record };
        var swapped = ValidatorDecider.TakeOver(state, null, batch: 12, new BlockNumber(30))!;
        ValidatorModel.Instance.Apply(state, swapped);

        Assert.Null(state.Record);
        Assert.Null(ValidatorDecider.TakeOver(state, HotkeyFacts.Of(Account(7), s_record), batch: 12, new BlockNumber(30)));
        Assert.NotNull(ValidatorDecider.TakeOver(state, HotkeyFacts.Of(Account(7), s_record), batch: 13, new BlockNumber(30)));
    }

    [Fact]
    public void FactsAtStart_OfTheBlockOfASwap_AreThoseBeforeIt()
    {
        var state = new ValidatorState { Hotkey = Account(7), Record = s_record };
        ValidatorModel.Instance.Apply(state, new KeysSwapped(null, 12, new BlockNumber(30)));

        Assert.Equal(HotkeyFacts.Of(Account(7), s_record), ValidatorDecider.FactsAtStart(state, new BlockNumber(30)));
        Assert.Null(ValidatorDecider.FactsAtStart(state, new BlockNumber(31)));
    }

    /// <summary>A decision's message that slept does not give the hotkey back to its owner of before; one for which it is set aside anew does.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData((byte)2, false)]
    [InlineData((byte)1, true)]
    public void EnsureOwner_AfterASwap_NeedsThatTheHotkeyIsSetAside(byte? reservedFor, bool isGiven)
    {
        var state = new ValidatorState { Hotkey = Account(7), Record = s_record };
        ValidatorModel.Instance.Apply(state, new KeysSwapped(null, 12, new BlockNumber(30)));
        if (reservedFor is { } coldkey) ValidatorModel.Instance.Apply(state, new HotkeyReserved(new HotkeyReservation(Account(9), Account(coldkey))));

        Assert.Equal(isGiven, ValidatorDecider.EnsureOwner(state, Account(1), new BlockNumber(30)) is not null);
    }

    [Fact]
    public void EnsureOwner_OfAHotkeyThatBelongsToAnotherSinceASwap_LeavesIt()
    {
        var state = new ValidatorState { Hotkey = Account(7), Record = s_record };
        ValidatorModel.Instance.Apply(state, new KeysSwapped(s_record with { Owner = Account(2) }, 12, new BlockNumber(30)));

        Assert.Null(ValidatorDecider.EnsureOwner(state, Account(1), new BlockNumber(30)));
        Assert.Throws<InvalidOperationException>(() => ValidatorDecider.EnsureOwner(new ValidatorState { Record = s_record }, Account(2), new BlockNumber(30)));
    }

    [Fact]
    public void State_OfASwappedHotkey_ReadsBack()
    {
        var state = new ValidatorState { Hotkey = Account(7), Record = s_record };
        ValidatorModel.Instance.Apply(state, new KeysSwapped(null, 12, new BlockNumber(30)));

        var again = ValidatorModel.Instance.RereadState(state);

        Assert.Equal(12UL, again.LastSwapBatch);
        Assert.Null(again.Record);
        Assert.Equal(ValidatorModel.Instance.StateBytes(state), ValidatorModel.Instance.StateBytes(again));
    }
}
