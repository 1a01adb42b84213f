namespace Dtao.Simulator.Tests.Simulation;

/// <summary>A small generator whose sequence is the same on every machine and version, so that a seed names a history.</summary>
/// <remarks>The SplitMix64 algorithm (Steele, Lea, Flood 2014).</remarks>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = _state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>A number from 0 to bound - 1.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>True in so many of a thousand cases.</summary>
    public bool Chance(int perMille) => perMille > 0 && Below(1_000) < perMille;
}
