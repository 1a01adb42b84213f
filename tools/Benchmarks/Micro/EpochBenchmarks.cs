using BenchmarkDotNet.Attributes;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Benchmarks.Micro;

/// <summary>An epoch of 256 neurons, of which 64 are validators: all of them weighing everybody, or 16 neurons each.</summary>
public class EpochBenchmarks
{
    private const int Neurons = 256;
    private const int Validators = 64;
    private const int EpochsBefore = 4;

    private readonly EpochWorkspace _workspace = new();
    private readonly EpochResult _result = new();
    private EpochInput _input = new();

    /// <summary>Which rule of bonds is in force.</summary>
    public enum Rule { Yuma2, Yuma3, Yuma3Liquid }

    [ParamsAllValues]
    public Rule Bonds { get; set; }

    /// <summary>The neurons that each validator weighs.</summary>
    [Params(256, 16)]
    public int Weighed { get; set; }

    /// <summary>Lets bonds grow over a few epochs, so that the measured one has as many as weights.</summary>
    [GlobalSetup]
    public void Grow()
    {
        _input = Input(Bonds, Weighed);
        for (var epoch = 0; epoch < EpochsBefore; epoch++)
        {
            YumaConsensus.Run(_input, _workspace, _result);
            for (var uid = 0; uid < Neurons; uid++) _input.Bonds[uid] = _result.Bonds(uid).ToArray();
            SetWeights(_input, Weighed, seed: 1_000UL * (ulong)epoch);
        }
    }

    [Benchmark]
    public EpochResult Epoch()
    {
        YumaConsensus.Run(_input, _workspace, _result);
        return _result;
    }

    private static EpochInput Input(Rule bonds, int weighed)
    {
        var input = new EpochInput
        {
            NeuronCount = Neurons,
            CurrentBlock = 1_000_000,
            LastStepBlock = 999_640,
            LastUpdate = [.. Enumerable.Repeat(999_900UL, Neurons)],
            RegisteredAt = new ulong[Neurons],
            AlphaStake = [.. Enumerable.Range(0, Neurons).Select(uid => uid < Validators ? 1_000_000_000_000UL + (ulong)uid * 77_777_777_777 : 0)],
            TaoStake = [.. Enumerable.Range(0, Neurons).Select(uid => uid < Validators ? 50_000_000_000_000UL / (ulong)(uid + 1) : 0)],
            ValidatorPermit = [.. Enumerable.Range(0, Neurons).Select(uid => uid < Validators)],
            Weights = new WeightEntry[Neurons][],
            Bonds = new WeightEntry[Neurons][],
            Yuma3 = bonds != Rule.Yuma2,
            LiquidAlpha = bonds == Rule.Yuma3Liquid,
            Emission = 147_600_000_000,
        };
        Array.Fill(input.Weights, []);
        Array.Fill(input.Bonds, []);
        SetWeights(input, weighed, seed: 0);
        return input;
    }

    /// <summary>Validators agree on a neuron's quality up to a tenth, and on which neurons to weigh up to seven.</summary>
    private static void SetWeights(EpochInput input, int weighed, ulong seed)
    {
        for (var uid = 0; uid < Validators; uid++)
        {
            var first = weighed < Neurons ? uid % 8 : 0;
            input.Weights[uid] = [.. Enumerable.Range(first, weighed).Select(j => new WeightEntry((ushort)j, Opinion(seed + (ulong)uid, j)))];
        }
    }

    private static ushort Opinion(ulong validator, int neuron)
    {
        var quality = 1_000 + (neuron * 7_919 % 50_000);
        var noise = (int)(Mix(validator * 65_536 + (ulong)neuron) % 2_001) - 1_000;
        return (ushort)(quality + quality * noise / 10_000);
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
            return (value ^ (value >> 27)) * 0x94D049BB133111EB >> 20;
        }
    }
}
