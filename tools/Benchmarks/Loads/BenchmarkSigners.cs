using System.Buffers.Binary;
using System.Diagnostics;
using Dtao.Economics;
using Dtao.Grains;
using Dtao.Keys;

namespace Dtao.Benchmarks.Loads;

/// <summary>A key for each account of a load, and the nonce that it uses next.</summary>
internal sealed class BenchmarkSigners : IDisposable
{
    private const int SeedLength = 32;
    private readonly KeyPair[] _pairs;
    private readonly ulong[] _nonces;

    public BenchmarkSigners(KeyScheme scheme, int accounts)
    {
        _pairs = new KeyPair[accounts];
        _nonces = new ulong[accounts];
        Span<byte> seed = stackalloc byte[SeedLength];
        for (var number = 0; number < accounts; number++)
        {
            seed.Clear();
            BinaryPrimitives.WriteInt32BigEndian(seed, number + 1);
            _pairs[number] = KeyPair.FromSeed(scheme, seed);
        }
    }

    public IReadOnlyList<AccountId> Accounts => [.. _pairs.Select(pair => new AccountId(pair.PublicKey))];

    /// <summary>One account's operation, signed; an account has one operation at a time.</summary>
    public Operation Sign(int account, Operation operation)
    {
        operation = operation with { Nonce = ++_nonces[account], NetworkId = BenchmarkNetwork.NetworkId };
        var signature = new byte[OperationMessage.SignatureLength];
        signature[0] = (byte)_pairs[account].Scheme;
        _pairs[account].Sign(OperationMessage.Of(operation), signature.AsSpan(1));
        return operation with { Signature = signature };
    }

    /// <summary>What the load generator itself spends on a signature: microseconds of one thread, over as many as there are accounts.</summary>
    public double Measure(Operation operation)
    {
        Sign(0, operation);
        var began = Stopwatch.GetTimestamp();
        for (var account = 0; account < _pairs.Length; account++) Sign(account, operation);
        var spent = Stopwatch.GetElapsedTime(began);
        Array.Clear(_nonces);
        return spent.TotalMicroseconds / _pairs.Length;
    }

    public void Dispose()
    {
        foreach (var pair in _pairs) pair.Dispose();
    }
}
