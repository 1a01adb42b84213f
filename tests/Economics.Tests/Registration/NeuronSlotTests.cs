using System.Text.Json;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Economics.Tests.Vectors;
using Xunit;
using static Dtao.Economics.Tests.Registration.RegistrationLedger;
using static Dtao.Economics.Tests.Staking.TestLedger;

namespace Dtao.Economics.Tests.Registration;

public class NeuronSlotTests
{
    private const string File = "staking-registration.json";

    public static TheoryData<string> Prunings => LiteralVector.Rows(File, vector => vector.When == "neuron_to_prune");

    [Theory]
    [MemberData(nameof(Prunings))]
    public void ToPrune_Vector_IsTheUidOfTheReference(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var books = Subnet(
            (ushort)vector.Number("immunity_period"), (ushort)vector.Number("min_non_immune"), (ushort)vector.Number("immune_owner_limit"));
        var source = new FixedSource(new BlockNumber(vector.Number("block", 50)), NetworkParameters.Default, books);
        var neurons = new List<Neuron>();
        foreach (var neuron in vector.Given.GetProperty("neurons").EnumerateArray())
        {
            var hotkey = Key((byte)(100 + neurons.Count));
            var role = neuron.TryGetProperty("role", out var named) ? named.GetString() : null;
            if (role is not null) source.Owners[hotkey] = Owner;
            if (role == "subnet_owner_hotkey") books.OwnerHotkey = hotkey;
            neurons.Add(Neuron(hotkey, Number(neuron, "registered"), Number(neuron, "emission")));
        }

        source.Metagraphs[One] = RegistrationLedger.Of([.. neurons]);

        Assert.Equal(vector.Expected.GetProperty("uid").GetInt32(), NeuronSlots.ToPrune(source, books));
    }

    /// <summary>Neurons are block of registration and emission by uid, in block 100 with an immunity of 10 blocks; -1 is nobody.</summary>
    [Theory]
    [InlineData(0, "50:5 50:3 60:3 95:0", 1, "the least emission among the free ones, then the earliest")]
    [InlineData(2, "50:3 50:3 60:3 95:0", 0, "and then the lowest uid; three are more than two")]
    [InlineData(3, "50:3 50:3 60:3 95:5", 3, "three free ones must stay, so an immune one goes")]
    [InlineData(2, "60:3 50:3 95:5 94:5 96:5", 3, "the immune one registered first")]
    [InlineData(2, "60:3 50:3", -1, "too few free ones and nobody immune")]
    [InlineData(0, "90:3 91:1", 0, "at exactly the period a neuron is free")]
    public void ToPrune_ImmuneAndFree_TakesFreeOnesWhileEnoughRemain(ushort stay, string neurons, int uid, string why)
    {
        var books = Subnet(immunity: 10, stay, immuneOwners: 1);
        var source = new FixedSource(new BlockNumber(100), NetworkParameters.Default, books);
        source.Metagraphs[One] = RegistrationLedger.Of([.. neurons.Split(' ').Select((text, i) =>
            Neuron(Key((byte)(100 + i)), ulong.Parse(text.Split(':')[0], null), ulong.Parse(text.Split(':')[1], null)))]);

        Assert.True((uid < 0 ? null : uid) == NeuronSlots.ToPrune(source, books), why);
    }

    /// <summary>Uids 0 to 2 belong to the owner, registered in this order of age: 2, 0, 1; uid 3 is a stranger with the most emission.</summary>
    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(1, null, 0)]
    [InlineData(2, null, 1)]
    [InlineData(3, null, 3)]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 1, 3)]
    [InlineData(0, 0, 0)]
    public void ToPrune_OwnersKeys_AreImmortalFromTheOldestAndTheSubnetOwnersHotkeyFirst(ushort immuneOwners, int? ownerUid, int uid)
    {
        var books = Subnet(immunity: 0, stay: 0, immuneOwners);
        var source = new FixedSource(new BlockNumber(100), NetworkParameters.Default, books);
        source.Metagraphs[One] = RegistrationLedger.Of(
            Neuron(Key(100), 7, 1), Neuron(Key(101), 9, 2), Neuron(Key(102), 5, 3), Neuron(Key(103), 1, 4));
        for (byte key = 100; key < 103; key++) source.Owners[Key(key)] = Owner;
        if (ownerUid is { } own) books.OwnerHotkey = Key((byte)(100 + own));

        Assert.Equal(uid, NeuronSlots.ToPrune(source, books));
    }

    private static ulong Number(JsonElement neuron, string name) => neuron.TryGetProperty(name, out var value) ? value.GetUInt64() : 0;

    private static SubnetBooks Subnet(ushort immunity, ushort stay, ushort immuneOwners) => new()
    {
        Netuid = One,
        Owner = Owner,
        Hyper = SubnetHyperparameters.Default with { ImmunityPeriod = immunity, MinNonImmuneUids = stay, ImmuneOwnerUids = immuneOwners },
    };
}
