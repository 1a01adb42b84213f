namespace Dtao.Api.ReadSide;

/// <summary>What became of a subnet. Numbers are stored.</summary>
public enum SubnetChange
{
    None = 0,
    /// <summary>It is there from genesis on.</summary>
    Genesis = 1,
    Added = 2,
    Removed = 3,
    /// <summary>Its token has another symbol.</summary>
    Renamed = 4,
}
