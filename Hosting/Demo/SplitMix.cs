namespace Dtao.Hosting.Demo;

/// <summary>A small generator of numbers whose sequence is the same on every machine and version. Not for secrets.</summary>
/// <remarks>The SplitMix64 algorithm (Steele, Lea, Flood 2014).</remarks>
public sealed class SplitMix(ulong seed)
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

    /// <summary>A number from 0 to bound - 1; 0 when the bound is 0.</summary>
    public ulong Below(ulong bound) => Math.BigMul(Next(), bound, out _);
}
