using BenchmarkDotNet.Attributes;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Stakers;
using Dtao.Keys;

namespace Dtao.Benchmarks.Micro;

/// <summary>What a signature adds to a swap: at the signer, and at its account, whose check is everything from the operation to the answer.</summary>
public class SignatureBenchmarks : IDisposable
{
    private const string Network = "benchmark";

    private readonly KeyPair _pair = SecretUri.Parse("//Alice", KeyScheme.Sr25519, out _)!;
    private readonly KeyPair _edwards = SecretUri.Parse("//Alice", KeyScheme.Ed25519, out _)!;
    private readonly byte[] _signature = new byte[KeyPair.SignatureLength];
    private byte[] _message = [];
    private Operation _schnorr = null!;
    private Operation _ed25519 = null!;

    [GlobalSetup]
    public void Prepare()
    {
        (_schnorr, _ed25519) = (Signed(_pair), Signed(_edwards));
        _message = OperationMessage.Of(_schnorr);
    }

    [Benchmark]
    public void SignSr25519() => _pair.Sign(_message, _signature);

    [Benchmark]
    public void SignEd25519() => _edwards.Sign(_message, _signature);

    [Benchmark]
    public RefusalCode CheckSr25519() => AccountDecider.CheckSignature(_schnorr, Network);

    [Benchmark]
    public RefusalCode CheckEd25519() => AccountDecider.CheckSignature(_ed25519, Network);

    [Benchmark]
    public byte[] Message() => OperationMessage.Of(_schnorr);

    public void Dispose()
    {
        _pair.Dispose();
        _edwards.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Operation Signed(KeyPair pair)
    {
        var operation = new Operation
        {
            Id = OperationId.Create(),
            Signer = new AccountId(pair.PublicKey),
            Call = new Call { Kind = CallKind.AddStake, Hotkey = new AccountId(pair.PublicKey), Netuid = new NetUid(1), Amount = 1_000_000_000 },
            LastValidBlock = new BlockNumber(64),
            NetworkId = Network,
            Nonce = 1,
        };
        var signature = new byte[OperationMessage.SignatureLength];
        signature[0] = (byte)pair.Scheme;
        pair.Sign(OperationMessage.Of(operation), signature.AsSpan(1));
        return operation with { Signature = signature };
    }
}
