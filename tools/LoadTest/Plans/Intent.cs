using System.Buffers.Binary;
using System.Security.Cryptography;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Hosting.Demo;
using Dtao.LoadTest.Populations;

namespace Dtao.LoadTest.Plans;

/// <summary>What a holder does, in the order of <see cref="OperationMix"/>.</summary>
public enum HolderAction
{
    Buy = 0,
    Sell = 1,
    Move = 2,
    Send = 3,
}

/// <summary>Who acts next, and the draws by which it chooses: all that does not depend on what the network answers.</summary>
/// <param name="Rank">A subnet's place, drawn by Zipf's law; 0 is the hot one.</param>
/// <param name="OtherRank">Another draw of the same kind.</param>
/// <param name="Permille">The part of the staker's means that is at stake, of 1,000.</param>
public readonly record struct Intent(long Number, int Staker, Behaviour Behaviour, HolderAction Action, int Rank, int OtherRank, int Validator, int Receiver, int Permille);

/// <summary>Draws intents: of the same population, worker, and number of workers always the same sequence.</summary>
/// <remarks>Stakers are divided among workers by their number, so that no two workers send for one; a worker goes through all of its own before it comes to one again.</remarks>
public sealed class Planner
{
    private readonly Population _population;
    private readonly int _worker;
    private readonly int _workers;
    private readonly SplitMix _draw;
    private readonly ZipfTable _subnets;
    private readonly int[] _mix;
    private readonly long _own;
    private readonly long _stride;
    private long _at;
    private long _number;

    /// <param name="subnets">How many can be traded on.</param>
    public Planner(Population population, int subnets, int worker = 0, int workers = 1)
    {
        ArgumentNullException.ThrowIfNull(population);
        var options = population.Options;
        if (workers > options.Stakers) throw new LoadUsageException($"{workers} workers need at least as many stakers.");
        (_population, _worker, _workers) = (population, worker, workers);
        _draw = new SplitMix(unchecked(options.Seed + (0xD1B5_4A32_D192_ED03 * (ulong)(worker + 1))));
        _subnets = new ZipfTable(subnets, options.ZipfThousandths);
        _mix = options.Mix.All;
        _own = (options.Stakers - worker + workers - 1) / workers;
        _stride = Coprime(_own, (long)(_draw.Next() % (ulong)_own));
        _at = (long)(_draw.Next() % (ulong)_own);
    }

    /// <summary>Whether each of its stakers was drawn once.</summary>
    public bool HasDrawnEveryone => Drawn == _own;

    /// <summary>How many of its stakers were drawn: nobody is drawn again before all were.</summary>
    public long Drawn => Math.Min(Interlocked.Read(ref _number), _own);

    public Intent Next()
    {
        _at = (_at + _stride) % _own;
        var staker = StakerOf(_at);
        return new(
            ++_number, staker, _population.BehaviourOf(staker), (HolderAction)Population.Pick(_mix, _draw.Next()), _subnets.Pick(_draw.Next()), _subnets.Pick(_draw.Next()),
            (int)_draw.Below((ulong)_population.Options.Validators), StakerOf((long)_draw.Below((ulong)_own)), 10 + (int)_draw.Below(91));
    }

    private int StakerOf(long own) => (int)(_worker + (_workers * own));

    /// <summary>The least number from here on, around in a circle, that has no divisor in common with the count.</summary>
    private static long Coprime(long count, long from)
    {
        for (var number = Math.Max(1, from); ; number = (number % count) + 1)
        {
            if (Divisor(number, count) == 1) return number;
        }
    }

    private static long Divisor(long one, long other) => other == 0 ? one : Divisor(other, one % other);
}

/// <summary>A hash over a sequence of operations: who, and what; not their ids, which are new in each run.</summary>
public sealed class PlanHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Count { get; private set; }

    public void Add(AccountId signer, Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Span<byte> bytes = stackalloc byte[(4 * AccountId.Length) + 32];
        bytes.Clear();
        signer.CopyTo(bytes);
        call.Hotkey.CopyTo(bytes[AccountId.Length..]);
        call.ToColdkey?.CopyTo(bytes[(2 * AccountId.Length)..]);
        call.ToHotkey?.CopyTo(bytes[(3 * AccountId.Length)..]);
        var rest = bytes[(4 * AccountId.Length)..];
        BinaryPrimitives.WriteInt32LittleEndian(rest, (int)call.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[4..], call.Netuid.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[6..], call.ToNetuid?.Value ?? 0);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], call.Amount);
        if (call.Detail is ClaimDetail claim)
        {
            foreach (var netuid in claim.Netuids) BinaryPrimitives.WriteUInt16LittleEndian(rest[16..], (ushort)((BinaryPrimitives.ReadUInt16LittleEndian(rest[16..]) * 31) ^ netuid.Value));
        }

        _hash.AppendData(bytes);
        Count++;
    }

    /// <summary>Of everything so far, in hexadecimal.</summary>
    public string Text => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
