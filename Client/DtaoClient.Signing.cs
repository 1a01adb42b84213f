using System.Collections.Concurrent;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Client;

/// <content>Signatures, and the nonces that go with them.</content>
public sealed partial class DtaoClient
{
    /// <summary>How often an operation is signed anew because another client of the account was quicker to use its nonce.</summary>
    private const int SigningTriesMax = 16;

    /// <summary>How far apart clients of one account are set when they have met on a nonce.</summary>
    private const int NonceSpreadMax = 64;

    private readonly ConcurrentDictionary<AccountId, SignerNonces> _signers = new();

    private IOperationSigner? _administrator;

    /// <summary>Signs this client's administrator's calls: a key that the silos' setting <c>Administrators</c> names. Null: they are sent unsigned.</summary>
    public IOperationSigner? Administrator
    {
        get => _administrator;
        set => _administrator = value;
    }

    /// <summary>Whether the network takes signed operations only; false until one has been seen.</summary>
    public bool RequiresSignatures => _requiresSignatures;

    /// <summary>
    /// From now on this client signs what it submits for the signer's account, where the network asks for that. Nonces follow the highest that the account has used, which is
    /// read once and again after another client has used one; operations may be submitted side by side.
    /// </summary>
    public void AddSigner(IOperationSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        _signers[signer.Account] = new SignerNonces(signer);
    }

    /// <summary>The operation with its signer's signature over all that it says.</summary>
    public static Operation Sign(Operation operation, IOperationSigner signer)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(signer);
        var signature = new byte[OperationMessage.SignatureLength];
        signature[0] = (byte)signer.Scheme;
        signer.Sign(OperationMessage.Of(operation), signature.AsSpan(1));
        return operation with { Signature = signature };
    }

    /// <param name="nonce">Of an operation that was submitted before; null chooses one.</param>
    private async Task<OperationResult> SubmitSigned(Operation operation, SignerNonces signer, ulong? nonce, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var chosen = nonce ?? await NextNonce(signer, cancellationToken).ConfigureAwait(false);
            var result = await SubmitAsync(Sign(operation with { Nonce = chosen }, signer.Signer), cancellationToken).ConfigureAwait(false);

            // Refused for its nonce, it was not taken on and never will be: the same id under another nonce is still one operation.
            if (nonce is not null || tries == SigningTriesMax || !IsRefusedForItsNonce(result)) return result;
            signer.Forget();
        }
    }

    private static bool IsRefusedForItsNonce(OperationResult result) =>
        result is { Failure: null, Receipt.Code: RefusalCode.NonceUsed or RefusalCode.NonceTooOld or RefusalCode.NonceTooFar };

    private async Task<ulong> NextNonce(SignerNonces signer, CancellationToken cancellationToken)
    {
        if (signer.Next() is { } next) return next;
        var account = await Account(signer.Signer.Account).GetView().WaitAsync(cancellationToken).ConfigureAwait(false);
        return signer.Begin(account.HighestNonce);
    }

    /// <summary>The nonces of one account as this client knows them.</summary>
    private sealed class SignerNonces(IOperationSigner signer)
    {
        private readonly Lock _lock = new();
        private ulong _last;
        private bool _isKnown;
        private bool _hasMet;

        public IOperationSigner Signer => signer;

        public ulong? Next()
        {
            lock (_lock) return _isKnown ? ++_last : null;
        }

        public ulong Begin(ulong highest)
        {
            lock (_lock)
            {
                // Those that wait for their answers may lie above what the account says; never so far that the account would not take them.
                if (_last > highest + OperationLimits.NonceAheadMax / 2) _last = highest;
                if (!_isKnown || highest > _last) _last = Math.Max(_last, highest) + (_hasMet ? (ulong)Random.Shared.Next(NonceSpreadMax) : 0);
                _isKnown = true;
                return ++_last;
            }
        }

        public void Forget()
        {
            lock (_lock) (_isKnown, _hasMet) = (false, true);
        }
    }
}
