using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Writes;

/// <summary>A whole operation, and the bytes that its signer signs.</summary>
/// <param name="Id">Send it as <c>id</c>.</param>
/// <param name="Signer">The coldkey that has to sign.</param>
/// <param name="LastValidBlock">Send it as <c>last_valid_block</c>.</param>
/// <param name="NetworkId">Send it as <c>network_id</c>.</param>
/// <param name="Nonce">Send it as <c>nonce</c>; null on a network without signatures.</param>
/// <param name="Message">The bytes to sign, 0x and hexadecimal digits. The signature is one byte for the scheme (0 ed25519, 1 sr25519) and 64 bytes.</param>
/// <param name="SignatureRequired">Whether the network takes signed operations only.</param>
internal sealed record PayloadView(OperationId Id, AccountId Signer, BlockNumber LastValidBlock, string? NetworkId, ulong? Nonce, string Message, bool SignatureRequired)
{
    public static PayloadView Of(Operation operation, bool isRequired) => new(
        operation.Id, operation.Signer, operation.LastValidBlock, operation.NetworkId, operation.Nonce, "0x" + Convert.ToHexStringLower(OperationMessage.Of(operation)), isRequired);
}
