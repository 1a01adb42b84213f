using System.Collections.Immutable;
using System.Globalization;

namespace Dtao.Economics.Rules;

/// <summary>From this block on, these rules are in force.</summary>
public readonly record struct RuleChange(BlockNumber Block, RuleSet Rules);

/// <summary>Which rules are in force at which block: those of the genesis, and the changes after it. Immutable.</summary>
public sealed class RuleSchedule : IEquatable<RuleSchedule>
{
    /// <summary>How many blocks a change has to lie ahead: the next block may have been planned already.</summary>
    public const ulong Notice = 2;

    /// <summary>The most changes that a network can have, in all its life.</summary>
    public const int ChangesMax = 256;

    public static readonly RuleSchedule Default = Of(RuleSets.June2026);

    private RuleSchedule(RuleSet first, ImmutableArray<RuleChange> changes) => (First, Changes) = (first, changes);

    /// <summary>The rules of the genesis.</summary>
    public RuleSet First { get; }

    /// <summary>Ascending by block, each block once.</summary>
    public ImmutableArray<RuleChange> Changes { get; }

    /// <summary>One rule set for ever.</summary>
    public static RuleSchedule Of(RuleSet rules) => new(rules, []);

    /// <summary>A schedule as it was stored.</summary>
    /// <exception cref="InvalidDataException">The blocks do not ascend, or there are too many.</exception>
    public static RuleSchedule Of(RuleSet first, ImmutableArray<RuleChange> changes) => AreInOrder(changes, new BlockNumber(0))
        ? new(first, changes)
        : throw new InvalidDataException("The changes of the rules do not ascend by block.");

    /// <summary>The rules in force while a block is made, and for the calls that are executed in it.</summary>
    public RuleSet At(BlockNumber block)
    {
        var rules = First;
        foreach (var change in Changes)
        {
            if (change.Block > block) break;
            rules = change.Rules;
        }

        return rules;
    }

    /// <summary>Replaces every change that can still be replaced; null when one of the new ones comes too early or out of order, or there are too many.</summary>
    /// <param name="now">The block made last.</param>
    public RuleSchedule? Rescheduled(BlockNumber now, ImmutableArray<RuleChange> ahead)
    {
        var earliest = new BlockNumber(SaturatingMath.Add(now.Value, Notice));
        if (!AreInOrder(ahead, earliest)) return null;
        ImmutableArray<RuleChange> all = [.. Changes.Where(change => change.Block < earliest), .. ahead];
        return all.Length > ChangesMax ? null : new(First, all);
    }

    /// <summary>Reads changes as a setting gives them: <c>BLOCK:NAME</c>, several of them with commas between, nothing for none.</summary>
    /// <returns>False when the text is no such list or names unknown rules.</returns>
    public static bool TryReadChanges(string? text, out ImmutableArray<RuleChange> changes)
    {
        changes = [];
        if (string.IsNullOrEmpty(text)) return true;
        var read = ImmutableArray.CreateBuilder<RuleChange>();
        foreach (var part in text.Split(','))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !ulong.TryParse(part.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var block)) return false;
            if (!RuleSets.TryFind(part[(colon + 1)..], out var rules)) return false;
            read.Add(new(new BlockNumber(block), rules));
        }

        changes = read.ToImmutable();
        return true;
    }

    public bool Equals(RuleSchedule? other) => other is not null && First == other.First && Changes.AsSpan().SequenceEqual(other.Changes.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as RuleSchedule);

    public override int GetHashCode() => HashCode.Combine(First.Name, Changes.Length);

    /// <summary>The rules of the genesis, and the changes in the form of the setting.</summary>
    public override string ToString() => string.Join(',', [First.Name, .. Changes.Select(change => $"{change.Block}:{change.Rules.Name}")]);

    private static bool AreInOrder(ImmutableArray<RuleChange> changes, BlockNumber earliest)
    {
        foreach (var change in changes)
        {
            if (change.Block < earliest) return false;
            earliest = change.Block.Next;
        }

        return changes.Length <= ChangesMax;
    }
}
