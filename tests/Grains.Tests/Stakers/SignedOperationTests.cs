using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Keys;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.Stakers;

/// <summary>Whose an operation is, and that it is taken on once.</summary>
public sealed class SignedOperationTests : IDisposable
{
    private const string Network = "signed";

    /// <summary>The call of <see cref="Of"/>, as it is stored.</summary>
    private const string GoldenCall =
        "010f000000000000000000000000000000000000000000000000000000000000000000e80700020000010303030303030303030303030303030303030303030303030303030303030303000000";

    private static readonly BlockNumber s_now = new(7);

    private readonly KeyPair _alice = SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!;
    private readonly KeyPair _bob = SecretUri.Parse("//Bob", KeyScheme.Sr25519, out _)!;

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
    }

    [Theory]
    [InlineData(KeyScheme.Sr25519)]
    [InlineData(KeyScheme.Ed25519)]
    public void CheckSignature_OfTheSigner_Passes(KeyScheme scheme)
    {
        using var pair = SecretUri.Parse("//Alice//stash", scheme, out _)!;

        Assert.Equal(RefusalCode.None, AccountDecider.CheckSignature(Sign(Of(pair), pair), Network));
    }

    /// <summary>Each field is signed: whatever is another one, the signature is worth nothing.</summary>
    public static TheoryData<string, RefusalCode> Altered => new()
    {
        { "network", RefusalCode.WrongNetwork },
        { "no network", RefusalCode.WrongNetwork },
        { "signer", RefusalCode.BadSignature },
        { "id", RefusalCode.BadSignature },
        { "last valid block", RefusalCode.BadSignature },
        { "nonce", RefusalCode.BadSignature },
        { "no nonce", RefusalCode.SignatureMissing },
        { "amount", RefusalCode.BadSignature },
        { "receiver", RefusalCode.BadSignature },
        { "kind", RefusalCode.BadSignature },
        { "another's signature", RefusalCode.BadSignature },
        { "no signature", RefusalCode.SignatureMissing },
        { "scheme", RefusalCode.BadSignature },
        { "unknown scheme", RefusalCode.BadSignature },
        { "short signature", RefusalCode.BadSignature },
        { "signed for another network", RefusalCode.BadSignature },
    };

    [Theory]
    [MemberData(nameof(Altered))]
    public void CheckSignature_AlteredAfterSigning_IsRefused(string what, RefusalCode expected)
    {
        var operation = Sign(Of(_alice), _alice);
        var signature = operation.Signature!;
        var altered = what switch
        {
            "network" => operation with { NetworkId = "other" },
            "no network" => operation with { NetworkId = null },
            "signer" => operation with { Signer = new AccountId(_bob.PublicKey) },
            "id" => operation with { Id = OperationId.Create() },
            "last valid block" => operation with { LastValidBlock = new BlockNumber(65) },
            "nonce" => operation with { Nonce = 2 },
            "no nonce" => operation with { Nonce = null },
            "amount" => operation with { Call = operation.Call with { Amount = 1_001 } },
            "receiver" => operation with { Call = operation.Call with { ToColdkey = Account(4) } },
            "kind" => operation with { Call = operation.Call with { Kind = CallKind.TransferAll } },
            "another's signature" => Sign(operation, _bob),
            "no signature" => operation with { Signature = null },
            "scheme" => operation with { Signature = [(byte)KeyScheme.Ed25519, .. signature[1..]] },
            "unknown scheme" => operation with { Signature = [2, .. signature[1..]] },
            "short signature" => operation with { Signature = signature[..64] },
            "signed for another network" => Sign(operation with { NetworkId = "other" }, _alice) with { NetworkId = Network },
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };

        Assert.Equal(expected, AccountDecider.CheckSignature(altered, Network));
    }

    /// <summary>What is signed must not change under those who have signed.</summary>
    [Fact]
    public void Message_OfAnOperation_IsTheStoredOneToTheByte()
    {
        var operation = Of(_alice) with { Id = new OperationId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) };

        Assert.Equal(
            "6474616f2d6f7065726174696f6e2f310007" + "7369676e6564" + "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
            + "01000000020003000405060708090a0b" + "0101" + "40" + GoldenCall, Convert.ToHexStringLower(OperationMessage.Of(operation)));
    }

    [Fact]
    public void Next_NonceOfAnEarlierOperation_IsRefusedAndANewOneTaken()
    {
        var state = new AccountState { Id = new AccountId(_alice.PublicKey), Free = new Tao(1_000_000_000) };
        Take(state, Of(_alice));

        Assert.Equal(RefusalCode.NonceUsed, CodeOf(state, Of(_alice)));
        Assert.Equal(RefusalCode.NonceTooOld, CodeOf(state, Of(_alice) with { Nonce = 0 }));
        Assert.Equal(RefusalCode.NonceTooFar, CodeOf(state, Of(_alice) with { Nonce = ulong.MaxValue }));
        Take(state, Of(_alice) with { Nonce = 2 });
        Assert.Equal(2UL, state.Nonces!.Highest);
    }

    /// <summary>An operation that the account itself refuses is recorded, so its nonce is used up too.</summary>
    [Fact]
    public void Next_DecidedHere_UsesItsNonce()
    {
        var state = new AccountState { Id = new AccountId(_alice.PublicKey), Free = new Tao(1_000) };
        var decided = Assert.IsType<AccountDecision.Decide>(AccountDecider.Next(state, Of(_alice), NetworkParameters.Default, s_now)).Event;
        AccountModel.Instance.Apply(state, AccountModel.Instance.ReadOne(AccountModel.Instance.EventBytes(decided)) is OperationDecidedHere read ? read : decided);

        Assert.Equal(RefusalCode.NonceUsed, CodeOf(state, Of(_alice)));
    }

    /// <summary>Nonces outlive a restart, from the events and from a snapshot.</summary>
    [Fact]
    public void State_WithNonces_IsReadBack()
    {
        var state = new AccountState { Id = new AccountId(_alice.PublicKey), Free = new Tao(1_000_000_000) };
        var started = Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, Of(_alice) with { Nonce = 70 }, NetworkParameters.Default, s_now)).Event;
        var stored = AccountModel.Instance.EventBytes(started);
        AccountModel.Instance.Apply(state, AccountModel.Instance.ReadOne(stored));

        var read = AccountModel.Instance.ReadSnapshot(AccountModel.Instance.StateBytes(state));

        Assert.Equal(stored, AccountModel.Instance.EventBytes(AccountModel.Instance.ReadOne(stored)));
        Assert.Equal(RefusalCode.NonceUsed, CodeOf(read, Of(_alice) with { Nonce = 70 }));
        Assert.Equal(RefusalCode.None, NonceWindow.Judge(read.Nonces, 69));
        Assert.Equal(AccountModel.Instance.StateBytes(state), AccountModel.Instance.StateBytes(read));
        Assert.Equal((byte)210, AccountModel.Instance.StateBytes(state)[0]);
    }

    private static void Take(AccountState state, Operation operation) => AccountModel.Instance.Apply(
        state, Assert.IsType<AccountDecision.Start>(AccountDecider.Next(state, operation, NetworkParameters.Default, s_now)).Event);

    private static RefusalCode CodeOf(AccountState state, Operation operation) =>
        Assert.IsType<AccountDecision.Answer>(AccountDecider.Next(state, operation, NetworkParameters.Default, s_now)).Receipt.Code;

    private static Operation Of(KeyPair pair) => new()
    {
        Id = OperationId.Create(),
        Signer = new AccountId(pair.PublicKey),
        Call = new Call { Kind = CallKind.Transfer, ToColdkey = Account(3), Amount = 1_000, KeepAlive = true },
        LastValidBlock = new BlockNumber(64),
        NetworkId = Network,
        Nonce = 1,
    };

    private static Operation Sign(Operation operation, KeyPair pair)
    {
        var signature = new byte[OperationMessage.SignatureLength];
        signature[0] = (byte)pair.Scheme;
        pair.Sign(OperationMessage.Of(operation), signature.AsSpan(1));
        return operation with { Signature = signature };
    }
}
