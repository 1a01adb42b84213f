using Dtao.Api.Development;
using Dtao.Api.Errors;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>Makes of a body and a key what was asked for.</summary>
internal sealed class OperationReader(DevelopmentTools development)
{
    /// <exception cref="ProblemException">Something is missing, cannot be read, or contradicts the key.</exception>
    public async Task<AskedOperation> Read(OperationBody body, string? key, CancellationToken cancellationToken)
    {
        var signer = SignerOf(body.Signer);
        var signature = SignatureOf(body.Signature);
        if (signature is not null && body.LastValidBlock is null)
            throw new ProblemException(Problem.Missing("last_valid_block", "the last valid block that was signed"));
        if (signature is not null && body.Id is null && key is null) throw new ProblemException(Problem.Missing("id", "the id that was signed"));
        var isSignedHere = signature is null && body.Signer.StartsWith("//", StringComparison.Ordinal) && await development.SignsForAccounts(cancellationToken);
        return new(IdOf(signer, body.Id, key), signer, body.Call.Call)
        {
            LastValidBlock = body.LastValidBlock,
            NetworkId = body.NetworkId,
            Nonce = body.Nonce,
            Signature = signature,
            IsSignedHere = isSignedHere,
        };
    }

    public static AccountId SignerOf(string text) => AccountOf("signer", text);

    public static AccountId AccountOf(string parameter, string text)
    {
        var fault = AccountName.Parse(text, out var account);
        return fault == AddressFault.None
            ? account
            : throw new ProblemException(Problem.Invalid(parameter, text, "an SS58 address, 64 hexadecimal digits, or a development account such as //Alice") with { Detail = AccountName.Explain(fault, text) });
    }

    /// <summary>The id that was given, that of the key, or a new one.</summary>
    public static OperationId IdOf(AccountId signer, OperationId? given, string? key)
    {
        if (key is null) return given ?? OperationId.Create();
        var ofKey = OperationKey.IdOf(signer, key);
        return given is null || given == ofKey ? ofKey : throw new ProblemException(Problem.Invalid("id", given.Value.ToString(), $"left out, or the id of the key: {ofKey}"));
    }

    private static byte[]? SignatureOf(string? text)
    {
        if (text is null) return null;
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        var signature = new byte[OperationMessage.SignatureLength];
        return digits.Length == 2 * signature.Length && Convert.FromHexString(digits, signature, out _, out _) == System.Buffers.OperationStatus.Done
            ? signature
            : throw new ProblemException(Problem.Invalid("signature", text, "65 bytes in hexadecimal digits: the scheme (0 ed25519, 1 sr25519), and 64 bytes"));
    }
}
