using Dtao.Grains.Wire;
using Dtao.Keys;

namespace Dtao.Grains.Stakers;

/// <content>Whether an operation is its signer's. Asked of every operation that comes from outside, on a network that takes signed operations only.</content>
public static partial class AccountDecider
{
    [ThreadStatic]
    private static RecordWriter? t_message;

    /// <summary>Checks an operation's signature. Needs no state: a bad one costs the account nothing but the time of the check.</summary>
    /// <returns>WrongNetwork where it names none, SignatureMissing, BadSignature, or None.</returns>
    public static RefusalCode CheckSignature(Operation operation, string networkId)
    {
        if (operation.NetworkId != networkId) return RefusalCode.WrongNetwork;
        return operation.Nonce is null ? RefusalCode.SignatureMissing : VerifySignature(operation);
    }

    /// <summary>Whether the signature is the signer's over the whole operation.</summary>
    /// <returns>SignatureMissing, BadSignature, or None.</returns>
    public static RefusalCode VerifySignature(Operation operation)
    {
        if (operation.Signature is not { } signature) return RefusalCode.SignatureMissing;
        if (signature.Length != OperationMessage.SignatureLength) return RefusalCode.BadSignature;
        var writer = t_message ??= new RecordWriter(512);
        writer.Clear();
        OperationMessage.Write(writer, operation);
        Span<byte> key = stackalloc byte[KeyPair.PublicKeyLength];
        operation.Signer.CopyTo(key);
        return Signatures.Verify((KeyScheme)signature[0], key, writer.WrittenSpan, signature.AsSpan(1)) ? RefusalCode.None : RefusalCode.BadSignature;
    }

    /// <summary>The decision with the operation's nonce in its event: what is recorded has used it, and what is not recorded has not.</summary>
    private static AccountDecision WithNonce(AccountDecision decision, ulong? nonce) => decision switch
    {
        _ when nonce is null => decision,
        AccountDecision.Start start => new AccountDecision.Start(start.Event with { Operation = start.Event.Operation with { Nonce = nonce } }),
        AccountDecision.Decide decide => new AccountDecision.Decide(decide.Event with { Nonce = nonce }),
        _ => decision,
    };
}
