namespace Dtao.Api.ReadSide;

/// <summary>Why an account's free TAO changed: the feed's <see cref="Grains.Feed.TaoCause"/>, and genesis. Numbers are stored.</summary>
public enum BalanceCause
{
    None = 0,
    /// <summary>An operation of the account itself.</summary>
    Operation = 1,
    /// <summary>The transaction fee of an operation that the account decided by itself.</summary>
    Fee = 2,
    /// <summary>Another account sent it.</summary>
    Account = 3,
    /// <summary>A subnet's pool sent it.</summary>
    Pool = 4,
    /// <summary>The lane sent it: what operations over several pools, or a dissolved subnet, left for the account.</summary>
    Lane = 5,
    /// <summary>The account had it from genesis on.</summary>
    Genesis = 100,
}
