namespace Dtao.Grains.Subnets;

/// <summary>An active pool, as those who are in the same silo reach it without a message.</summary>
internal interface ILocalPool
{
    /// <summary>Lets the pool take what waits for it (<see cref="CommandBundles.DecideIn"/>) in a turn of its own.</summary>
    void PostDecisions();

    /// <summary>As <see cref="ISubnetPoolGrain.Execute"/>, in the pool's own turn.</summary>
    /// <returns>Null when it cannot be decided in this turn, or not be answered in it: the command is to be sent as a message, and answered then.</returns>
    PoolReply? TryDecide(PoolCommand command);
}
