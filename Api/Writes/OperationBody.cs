using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>An operation as a client sends it.</summary>
/// <param name="Signer">The coldkey that calls: an SS58 address, 64 hexadecimal digits, or on development networks <c>//Alice</c> and its like, which the server signs for.</param>
/// <param name="Call">The call: its kind and its fields.</param>
internal sealed record OperationBody(string Signer, CallBody Call)
{
    /// <summary>The operation's id; left out, it is made of the Idempotency-Key, or a new one.</summary>
    public OperationId? Id { get; init; }

    /// <summary>The last block in which the operation may be decided; left out, the server chooses.</summary>
    public BlockNumber? LastValidBlock { get; init; }

    /// <summary>The network that it is meant for; left out, the one that answers.</summary>
    public string? NetworkId { get; init; }

    /// <summary>The nonce of a signed operation.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>The signature: one byte for the scheme (0 ed25519, 1 sr25519) and 64 bytes, in hexadecimal digits.</summary>
    public string? Signature { get; init; }
}

/// <summary>A call to look at without sending it.</summary>
/// <param name="Signer">The coldkey that would call.</param>
/// <param name="Call">The call: its kind and its fields.</param>
internal sealed record QuoteBody(string Signer, CallBody Call);
