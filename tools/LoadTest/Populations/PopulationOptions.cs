using System.ComponentModel.DataAnnotations;

namespace Dtao.LoadTest.Populations;

/// <summary>Who takes part in a load, in whole numbers. The same options make the same people with the same means.</summary>
public sealed record PopulationOptions
{
    /// <summary>Of the people, and of what they set out to do.</summary>
    public ulong Seed { get; init; } = 1;

    [Range(1, 10_000_000)]
    public int Stakers { get; init; } = 1_000;

    /// <summary>Beside root.</summary>
    [Range(1, 1_024)]
    public int Subnets { get; init; } = 16;

    [Range(1, 128)]
    public int Validators { get; init; } = 16;

    /// <summary>TAO of each validator on root, on itself; as much alpha on each subnet.</summary>
    [Range(1, 100_000)]
    public int ValidatorTao { get; init; } = 100;

    /// <summary>Positions that each staker begins with, evenly over subnets.</summary>
    [Range(1, 16)]
    public int Positions { get; init; } = 2;

    /// <summary>TAO of a staker on average, free and staked; half of it is free.</summary>
    [Range(1, 100_000)]
    public int WealthTao { get; init; } = 100;

    /// <summary>All stakers together have no more than this; with very many, each has less.</summary>
    [Range(1, 20_000_000)]
    public int WealthTaoMax { get; init; } = 5_000_000;

    /// <summary>Shape of the Pareto distribution of wealth, in hundredths: the lower, the more unequal. 116 is "a fifth has four fifths".</summary>
    [Range(105, 1_000)]
    public int ParetoHundredths { get; init; } = 116;

    /// <summary>Exponent of Zipf's law by which subnets are drawn, in thousandths; 0 draws all alike. Subnet 1 is the hot one.</summary>
    [Range(0, 4_000)]
    public int ZipfThousandths { get; init; } = 1_000;

    /// <summary>TAO in each pool at genesis.</summary>
    [Range(10, 100_000)]
    public int ReserveTao { get; init; } = 10_000;

    /// <summary>Blocks between two epochs of a subnet.</summary>
    [Range(2, 50_000)]
    public int Tempo { get; init; } = 50;

    /// <summary>How many of the stakers behave how; parts of their sum.</summary>
    public BehaviourShares Behaviours { get; init; } = new();

    /// <summary>What holders do; parts of their sum.</summary>
    public OperationMix Mix { get; init; } = new();

    /// <summary>Everything that is out of its bounds; empty when all is well.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true);
        Validator.TryValidateObject(Behaviours, new ValidationContext(Behaviours), results, validateAllProperties: true);
        Validator.TryValidateObject(Mix, new ValidationContext(Mix), results, validateAllProperties: true);
        List<string> faults = [.. results.Select(result => result.ErrorMessage!)];
        if (Behaviours.All.Sum() == 0) faults.Add("Nobody behaves in any way: a share has to be above 0.");
        if (Mix.All.Sum() == 0) faults.Add("Holders do nothing: a part of the mix has to be above 0.");
        return faults;
    }
}

/// <summary>How stakers are spread over the ways to behave.</summary>
public sealed record BehaviourShares
{
    /// <summary>Buy, sell, move, and send by the mix, whatever prices do.</summary>
    [Range(0, 1_000)]
    public int Holders { get; init; } = 40;

    /// <summary>Buy what rises, sell what falls.</summary>
    [Range(0, 1_000)]
    public int Momentum { get; init; } = 20;

    /// <summary>Sell what stands above its slow price, buy what stands below.</summary>
    [Range(0, 1_000)]
    public int MeanReversion { get; init; } = 20;

    /// <summary>Change alpha of a dear subnet into that of a cheap one.</summary>
    [Range(0, 1_000)]
    public int Arbitrage { get; init; } = 10;

    /// <summary>Have stake on root, and drift with it to alpha.</summary>
    [Range(0, 1_000)]
    public int Drifters { get; init; } = 5;

    /// <summary>Have stake on root, and claim what it earned.</summary>
    [Range(0, 1_000)]
    public int Claimers { get; init; } = 5;

    internal int[] All => [Holders, Momentum, MeanReversion, Arbitrage, Drifters, Claimers];
}

/// <summary>What holders do.</summary>
public sealed record OperationMix
{
    [Range(0, 1_000)]
    public int Buy { get; init; } = 45;

    [Range(0, 1_000)]
    public int Sell { get; init; } = 35;

    /// <summary>Alpha of one subnet into alpha of another: the lane decides it.</summary>
    [Range(0, 1_000)]
    public int Move { get; init; } = 10;

    /// <summary>TAO to another staker.</summary>
    [Range(0, 1_000)]
    public int Send { get; init; } = 10;

    internal int[] All => [Buy, Sell, Move, Send];
}
