using Dtao.Economics.Ledger;
using Xunit;

namespace Dtao.Economics.Tests.Staking;

/// <summary>The checks of a call in their order, each with what makes it fail.</summary>
/// <typeparam name="TCase">A call that passes and everything around it; a rung spoils it in one way.</typeparam>
internal sealed class Ladder<TCase>(Func<TCase> good, Func<TCase, LedgerError> run)
{
    private readonly List<(LedgerError Error, Action<TCase> Spoil)> _rungs = [];

    public Ladder<TCase> Rung(LedgerError error, Action<TCase> spoil)
    {
        _rungs.Add((error, spoil));
        return this;
    }

    /// <summary>Each rung alone is refused under its name, and of any two that fail the earlier one is told.</summary>
    public void AssertInOrder()
    {
        Assert.Equal(LedgerError.None, run(good()));
        for (var first = 0; first < _rungs.Count; first++)
        {
            Assert.Equal(_rungs[first].Error, Run(_rungs[first].Spoil));
            for (var later = first + 1; later < _rungs.Count; later++)
            {
                var told = Run(_rungs[first].Spoil + _rungs[later].Spoil);
                Assert.True(told == _rungs[first].Error, $"{_rungs[first].Error} with {_rungs[later].Error} is told as {told}.");
            }
        }
    }

    private LedgerError Run(Action<TCase> spoil)
    {
        var spoiled = good();
        spoil(spoiled);
        return run(spoiled);
    }
}
