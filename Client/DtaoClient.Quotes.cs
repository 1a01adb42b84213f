using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;

namespace Dtao.Client;

/// <content>Quotes.</content>
public sealed partial class DtaoClient
{
    /// <summary>
    /// What a call would do now: amount out, fee, prices before and after, slippage, dust, take before and after, or why it would be refused.
    /// The actor that would decide the call answers, with the same checks in the same order. Nothing is recorded, and nothing is promised:
    /// the next operation may move the price. Free TAO that is held for operations in flight does not count.
    /// </summary>
    /// <exception cref="ArgumentException">An administrator's setting: it has no signer, and nothing to quote.</exception>
    public async Task<CallQuote> QuoteAsync(AccountId signer, Call call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Kind == CallKind.Admin) throw new ArgumentException("An administrator's setting has nothing to quote.", nameof(call));
        await CheckNetwork(cancellationToken).ConfigureAwait(false);
        return await Account(signer).Quote(call).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
