namespace Dtao.Grains.Feed;

/// <summary>Numbers the facts of one event in the order in which they are made.</summary>
internal sealed class FactPlaces(string actor, long number)
{
    private int _next;

    public FactSource Next() => new(actor, number, _next++);
}
