using System.Collections.Frozen;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Registry;
using Dtao.Keys;
using Xunit;

namespace Dtao.Grains.Tests.Registry;

/// <summary>Whose an administrator's call is.</summary>
public sealed class AdministratorTests : IDisposable
{
    private const string Network = "id-1";

    private static readonly BlockNumber s_now = new(7);
    private static readonly OperationId s_known = new(new Guid(9, 0, 0, new byte[8]));

    private readonly KeyPair _charlie = SecretUri.Parse("//Charlie", KeyScheme.Sr25519, out _)!;
    private readonly KeyPair _dave = SecretUri.Parse("//Dave", KeyScheme.Ed25519, out _)!;
    private readonly KeyPair _bob = SecretUri.Parse("//Bob", KeyScheme.Sr25519, out _)!;

    public void Dispose()
    {
        _charlie.Dispose();
        _dave.Dispose();
        _bob.Dispose();
    }

    [Theory]
    [InlineData("as signed", RefusalCode.None)]
    [InlineData("by the other key, of the other scheme", RefusalCode.None)]
    [InlineData("for another network", RefusalCode.WrongNetwork)]
    [InlineData("for no network", RefusalCode.WrongNetwork)]
    [InlineData("by a stranger", RefusalCode.NotAdministrator)]
    [InlineData("a stranger's with an administrator's name", RefusalCode.BadSignature)]
    [InlineData("without a signature", RefusalCode.SignatureMissing)]
    [InlineData("with half a signature", RefusalCode.BadSignature)]
    [InlineData("with another value", RefusalCode.BadSignature)]
    [InlineData("under another id", RefusalCode.BadSignature)]
    [InlineData("made to last longer", RefusalCode.BadSignature)]
    [InlineData("too late", RefusalCode.Expired)]
    [InlineData("too late, but known", RefusalCode.None)]
    [InlineData("too early", RefusalCode.LastValidBlockTooFar)]
    public void CheckAdministrator_Call_IsAnAdministratorsOrNot(string how, RefusalCode expected)
    {
        var good = Sign(Of(_charlie), _charlie);
        var call = how switch
        {
            "by the other key, of the other scheme" => Sign(Of(_dave), _dave),
            "for another network" => Sign(Of(_charlie) with { NetworkId = "id-2" }, _charlie),
            "for no network" => Sign(Of(_charlie) with { NetworkId = null }, _charlie),
            "by a stranger" => Sign(Of(_bob), _bob),
            "a stranger's with an administrator's name" => Sign(Of(_charlie), _bob),
            "without a signature" => Of(_charlie),
            "with half a signature" => good with { Signature = good.Signature![..33] },
            "with another value" => good with { Call = good.Call with { Value = "78" } },
            "under another id" => good with { Id = OperationId.Create() },
            "made to last longer" => good with { LastValidBlock = new BlockNumber(9) },
            "too late" => Sign(Of(_charlie) with { LastValidBlock = new BlockNumber(6) }, _charlie),
            "too late, but known" => Sign(Of(_charlie) with { Id = s_known, LastValidBlock = new BlockNumber(6) }, _charlie),
            "too early" => Sign(Of(_charlie) with { LastValidBlock = new BlockNumber(8 + OperationLimits.ValidityBlocksMax) }, _charlie),
            _ => good,
        };

        var whose = RegistryDecider.CheckAdministrator(State(), call, Administrators());
        Assert.Equal(expected, whose == RefusalCode.None ? RegistryDecider.CheckInTime(State(), call, s_now) : whose);
    }

    [Fact]
    public void CheckAdministrator_NobodyNamed_NobodyIsOne() =>
        Assert.Equal(RefusalCode.NotAdministrator, RegistryDecider.CheckAdministrator(State(), Sign(Of(_charlie), _charlie), FrozenSet<AccountId>.Empty));

    private FrozenSet<AccountId> Administrators() => [.. new[] { _charlie, _dave }.Select(pair => new AccountId(pair.PublicKey))];

    private static RegistryState State()
    {
        var state = new RegistryState { Name = "testnet", NetworkId = Network, RuleSet = "2026-06", Parameters = Dtao.Economics.Ledger.NetworkParameters.Default };
        state.Applied.Add(s_known, new(0, Receipt.Of(s_known, CallOutcome.Done, s_now, 1, null)));
        return state;
    }

    private static Operation Of(KeyPair signer) => new()
    {
        Id = new(new Guid(1, 0, 0, new byte[8])),
        Signer = new AccountId(signer.PublicKey),
        Call = new Call { Kind = CallKind.Admin, Parameter = "fee_rate", Value = "77", IsSubnetParameter = true, Netuid = new NetUid(1) },
        LastValidBlock = new BlockNumber(8),
        NetworkId = Network,
    };

    private static Operation Sign(Operation operation, KeyPair pair)
    {
        var signature = new byte[OperationMessage.SignatureLength];
        signature[0] = (byte)pair.Scheme;
        pair.Sign(OperationMessage.Of(operation), signature.AsSpan(1));
        return operation with { Signature = signature };
    }
}
