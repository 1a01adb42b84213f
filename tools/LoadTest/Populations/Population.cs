using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Hosting.Demo;
using Dtao.Keys;

namespace Dtao.LoadTest.Populations;

/// <summary>How a staker behaves.</summary>
public enum Behaviour
{
    Holder = 0,
    Momentum = 1,
    MeanReversion = 2,
    Arbitrage = 3,
    Drifter = 4,
    Claimer = 5,
}

/// <summary>A position that a staker begins with.</summary>
/// <param name="Validator">By number.</param>
/// <param name="Amount">Alpha, or TAO on root.</param>
public readonly record struct StartPosition(NetUid Netuid, int Validator, ulong Amount);

/// <summary>The people of a load. Nothing of them is kept: each is computed from the seed and a number, so that a million cost no memory.</summary>
/// <remarks>
/// Keys are hashes of names: nobody holds a private key to them. Of people who sign, the hash is the seed of an sr25519 key, and the account its public one; these are kept once they
/// are made. Whoever knows the population's seed has all of them.
/// </remarks>
public sealed class Population
{
    public const ulong OneTao = 1_000_000_000;

    /// <summary>A staker has at least this much in all: 0.05 TAO.</summary>
    private const ulong WealthMin = 50_000_000;

    private const string StakerKind = "staker";
    private const string ValidatorKind = "validator";
    private const int AlphaPerTaoLeast = 20;
    private const int AlphaPerTaoSpread = 40;

    private readonly WealthTable _wealth;
    private readonly UInt128 _weights;
    private readonly int[] _behaviours;

    private readonly ConcurrentDictionary<(string Kind, int Number), CountingSigner> _signers = [];

    /// <param name="signs">Whether they have keys to sign with.</param>
    public Population(PopulationOptions options, bool signs = false)
    {
        Signs = signs;
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _behaviours = options.Behaviours.All;
        _wealth = new(options.ParetoHundredths);
        for (var staker = 0; staker < options.Stakers; staker++) _weights += WeightOf(staker);
        Total = Math.Min((ulong)options.Stakers * (ulong)options.WealthTao, (ulong)options.WealthTaoMax) * OneTao;
    }

    public PopulationOptions Options { get; }

    /// <summary>Whether they have keys to sign with.</summary>
    public bool Signs { get; }

    /// <summary>What signing has cost so far.</summary>
    public SigningCost Signing { get; } = new();

    /// <summary>What all stakers have, in rao, but for roundings.</summary>
    public ulong Total { get; }

    public AccountId Staker(int number) => Signs ? StakerSigner(number).Account : Key(StakerKind, number);

    public AccountId Validator(int number) => Signs ? ValidatorSigner(number).Account : Key(ValidatorKind, number);

    /// <summary>Of people who sign.</summary>
    public IOperationSigner StakerSigner(int number) => Signer(StakerKind, number);

    /// <summary>Of people who sign.</summary>
    public IOperationSigner ValidatorSigner(int number) => Signer(ValidatorKind, number);

    public AccountId ValidatorHotkey(int number) => Key("validator-hot", number);

    public AccountId Owner(NetUid netuid) => Key("owner", netuid.Value);

    public AccountId OwnerHotkey(NetUid netuid) => Key("owner-hot", netuid.Value);

    public Behaviour BehaviourOf(int staker) => (Behaviour)Pick(_behaviours, Draw(staker, 1));

    /// <summary>Free and staked, in rao.</summary>
    public ulong WealthOf(int staker) => Math.Max(WealthMin, (ulong)((UInt128)Total * WeightOf(staker) / _weights));

    public Tao FreeOf(int staker) => new(WealthOf(staker) / 2);

    /// <summary>The positions that a staker begins with. Those that stake on root have the first of them there.</summary>
    public StartPosition PositionOf(int staker, int place)
    {
        var tao = WealthOf(staker) / 2 / (ulong)Options.Positions;
        var validator = (int)(Draw(staker, 2 + (ulong)place) % (ulong)Options.Validators);
        if (place == 0 && BehaviourOf(staker) is Behaviour.Drifter or Behaviour.Claimer) return new(NetUid.Root, validator, tao);
        var netuid = new NetUid((ushort)(1 + (int)((((long)staker * Options.Positions) + place) % Options.Subnets)));
        return new(netuid, validator, tao * (ulong)AlphaPerTao(netuid));
    }

    /// <summary>The alpha that stands against one TAO in a subnet's pool at genesis.</summary>
    public static int AlphaPerTao(NetUid netuid) => AlphaPerTaoLeast + (netuid.Value * 7 % AlphaPerTaoSpread);

    /// <summary>The place of the part into which a draw falls.</summary>
    internal static int Pick(ReadOnlySpan<int> parts, ulong draw)
    {
        long sum = 0;
        foreach (var part in parts) sum += part;
        var at = (long)Math.BigMul(draw, (ulong)sum, out _);
        for (var place = 0; ; place++)
        {
            if (at < parts[place]) return place;
            at -= parts[place];
        }
    }

    private ulong WeightOf(int staker) => _wealth.WeightOf(Draw(staker, 0));

    /// <summary>A number that belongs to a staker, one for each purpose.</summary>
    private ulong Draw(int staker, ulong purpose)
    {
        var numbers = new SplitMix(unchecked((Options.Seed * 0x9E37_79B9_7F4A_7C15) ^ (((ulong)staker << 8) | purpose)));
        _ = numbers.Next();
        return numbers.Next();
    }

    private CountingSigner Signer(string kind, int number) =>
        _signers.GetOrAdd((kind, number), static (name, self) => new CountingSigner(KeyPair.FromSeed(KeyScheme.Sr25519, self.Hash(name.Kind, name.Number)), self.Signing), this);

    private AccountId Key(string kind, int number) => new(Hash(kind, number));

    private byte[] Hash(string kind, int number) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"dtao load {Options.Seed}/{kind}-{number}")));
}
