using System.CommandLine;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Registration;
using Dtao.Grains.Subnets;

namespace Dtao.Cli.Commands;

/// <summary><c>subnets list</c>, <c>subnets show</c>, and <c>subnets price</c>; the family's other members stand in files of their own.</summary>
internal static class SubnetsCommands
{
    public static Command Create(CliContext context) => new("subnets", "Subnets and their markets.")
    {
        Aliases = { "subnet", "s" },
        Subcommands =
        {
            List(context), Show(context), Price(context), SudoCommands.Get(context, "hyperparameters"), NeuronCommands.Register(context),
            NeuronCommands.CreateSubnet(context), NeuronCommands.Start(context), NeuronCommands.TerminateLease(context), MetagraphCommand.Create(context), BurnCostCommand.Create(context),
            IdentityCommands.SetSubnet(context), IdentityCommands.GetSubnet(context), IdentityCommands.SetSymbol(context),
        },
    };

    private static Command List(CliContext context) => ReadCommand.Complete(new Command("list", "All subnets."), context, async (_, client, isJson, token) =>
    {
        var subnets = (await client.GetSubnetsAsync(token)).Where(subnet => subnet.Pool.Books is not null).ToList();
        if (isJson)
        {
            Printer.Json(context, new JsonObject { ["subnets"] = new JsonArray([.. subnets.Select(ToJson)]) });
            return ExitCode.Done;
        }

        Printer.Table(
            context,
            "Subnets",
            [
                new("Netuid", true), new("Name"), new("Price (τ_in/α_in)", true), new("Market Cap (α * Price)", true), new("Emission (τ)", true),
                new("P (τ_in, α_in)", true), new("Stake (α_out)", true), new("Supply (α)", true), new("Tempo (k/n)", true), new("Neurons (n/max)", true), new("Burn (τ)", true),
            ],
            subnets.Select(RowOf));
        return ExitCode.Done;
    });

    private static Command Show(CliContext context)
    {
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        return ReadCommand.Complete(new Command("show", "One subnet's books.") { netuid }, context, async (parsed, client, isJson, token) =>
        {
            var number = parsed.GetValue(netuid)!.Value;
            if (await client.GetSubnetAsync(number, token) is not { Pool.Books: { } books } subnet) return NoSuchSubnet(context, number);
            if (isJson)
            {
                Printer.Json(context, ToJson(subnet));
                return ExitCode.Done;
            }

            var symbol = subnet.Symbol;
            Printer.Facts(context, $"Subnet {number}: {subnet.Name}",
            [
                ("Owner", books.Owner is { } owner ? Shown.Account(owner) : "none"),
                ("Mechanism", books.Mechanism == 0 ? "stable" : "dynamic"),
                ("Price", $"{AmountText.FormatPrice(subnet.Pool.PriceBits)} τ/α"),
                ("Moving price", $"{AmountText.FormatPrice(Shown.PriceBits(books.MovingPrice))} τ/α"),
                ("TAO reserve", Shown.Tao(books.TaoReserve.Rao)),
                ("Alpha reserve", Shown.Alpha(books.AlphaReserve.Rao, symbol)),
                ("Stake (α_out)", Shown.Alpha(books.AlphaOutstanding.Rao, symbol)),
                ("Supply", Shown.Alpha(books.AlphaIssuance.Rao, symbol)),
                ("Emission", Shown.Tao(EmissionOf(books).Rao)),
                ("Fee rate", $"{books.FeeRate} of 65535"),
                ("Positions", subnet.Pool.Positions.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("Swaps", Shown.Rao(subnet.Pool.Swaps)),
                ("Tempo (k/n)", TempoOf(books)),
                ("Registration", books.IsRoot ? "without payment" : Shown.Tao(books.Burn.Rao) + (books.RegistrationAllowed ? string.Empty : ", closed")),
                ("Neurons (n/max)", NeuronsOf(subnet)),
                ("Trading", books.SubtokenEnabled ? "on" : "off"),
                ("Block", subnet.Pool.Block.ToString()),
            ]);
            return ExitCode.Done;
        });
    }

    private static Command Price(CliContext context)
    {
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; all when left out", false, "--netuids");
        return ReadCommand.Complete(new Command("price", "Prices of alpha.") { netuid }, context, async (parsed, client, isJson, token) =>
        {
            var subnets = (await client.GetSubnetsAsync(token)).Where(subnet => subnet.Pool.Books is not null).ToList();
            if (parsed.GetValue(netuid) is { } only)
            {
                subnets.RemoveAll(subnet => subnet.Netuid != only);
                if (subnets.Count == 0) return NoSuchSubnet(context, only);
            }

            if (isJson)
            {
                Printer.Json(context, new JsonObject { ["prices"] = new JsonArray([.. subnets.Select(PriceToJson)]) });
                return ExitCode.Done;
            }

            Printer.Table(
                context,
                "Prices",
                [new("Netuid", true), new("Name"), new("Price (τ_in/α_in)", true), new("Moving Price", true)],
                subnets.Select(subnet => new[]
                {
                    subnet.Netuid.ToString(), subnet.Name, AmountText.FormatPrice(subnet.Pool.PriceBits),
                    AmountText.FormatPrice(Shown.PriceBits(subnet.Pool.Books!.MovingPrice)),
                }));
            return ExitCode.Done;
        });
    }

    public static int NoSuchSubnet(CliContext context, NetUid netuid)
    {
        context.Error.WriteLine($"There is no subnet {netuid}. {Advice.For(LedgerError.SubnetNotExists)}");
        return ExitCode.Refused;
    }

    private static string[] RowOf(SubnetInfo subnet)
    {
        var (books, symbol) = (subnet.Pool.Books!, subnet.Symbol);
        return
        [
            subnet.Netuid.ToString(), subnet.Name, AmountText.FormatPrice(subnet.Pool.PriceBits),
            Shown.Tao(AmountText.ValueRao(books.AlphaIssuance.Rao, subnet.Pool.PriceBits)), Shown.Tao(EmissionOf(books).Rao),
            $"{Shown.Tao(books.TaoReserve.Rao)}, {Shown.Alpha(books.AlphaReserve.Rao, symbol)}", Shown.Alpha(books.AlphaOutstanding.Rao, symbol),
            Shown.Alpha(books.AlphaIssuance.Rao, symbol), TempoOf(books), NeuronsOf(subnet), books.IsRoot ? "-" : Shown.Tao(books.Burn.Rao),
        ];
    }

    /// <summary>TAO that the last block gave the subnet: into its pool, and to buy its alpha.</summary>
    private static Tao EmissionOf(SubnetBooks books) => books.TaoInEmission.AddSaturating(books.ExcessTao);

    private static string TempoOf(SubnetBooks books) => books.IsRoot ? "-" : $"{books.BlocksSinceLastStep}/{books.Tempo}";

    private static string NeuronsOf(SubnetInfo subnet) => $"{subnet.Pool.Neurons}/{SeatsOf(subnet.Pool.Books!)}";

    private static int SeatsOf(SubnetBooks books) => books.IsRoot ? RootRegistration.SeatsMax : books.Hyper.MaxUids;

    private static JsonObject PriceToJson(SubnetInfo subnet) => new()
    {
        ["netuid"] = subnet.Netuid.Value,
        ["name"] = subnet.Name,
        ["price"] = AmountText.FormatPrice(subnet.Pool.PriceBits),
        ["moving_price"] = AmountText.FormatPrice(Shown.PriceBits(subnet.Pool.Books!.MovingPrice)),
        ["block"] = subnet.Pool.Block.ToString(),
    };

    private static JsonObject ToJson(SubnetInfo subnet)
    {
        var books = subnet.Pool.Books!;
        var json = PriceToJson(subnet);
        json["symbol"] = subnet.Symbol;
        json["identity"] = IdentityCommands.ToJson(subnet.Identity);
        json["mechanism"] = books.Mechanism;
        json["owner"] = books.Owner is { } owner ? Shown.Account(owner) : null;
        json["tao_in_rao"] = Shown.Rao(books.TaoReserve.Rao);
        json["alpha_in_rao"] = Shown.Rao(books.AlphaReserve.Rao);
        json["alpha_out_rao"] = Shown.Rao(books.AlphaOutstanding.Rao);
        json["supply_rao"] = Shown.Rao(books.AlphaIssuance.Rao);
        json["emission_rao"] = Shown.Rao(EmissionOf(books).Rao);
        json["tempo"] = books.Tempo;
        json["blocks_since_last_step"] = Shown.Rao(books.BlocksSinceLastStep);
        json["trading"] = books.SubtokenEnabled;
        json["neurons"] = subnet.Pool.Neurons;
        json["neurons_max"] = SeatsOf(books);
        json["burn_rao"] = Shown.Rao(books.IsRoot ? 0 : books.Burn.Rao);
        json["registration_allowed"] = books.RegistrationAllowed;
        if (subnet.Pool.Lease is { } lease) json["lease"] = LeaseToJson(lease);
        json["positions"] = subnet.Pool.Positions;
        json["swaps"] = Shown.Rao(subnet.Pool.Swaps);
        return json;
    }

    private static JsonObject LeaseToJson(LeaseView lease) => new()
    {
        ["beneficiary"] = Shown.Account(lease.Beneficiary),
        ["emissions_share_percent"] = lease.EmissionsShare,
        ["end_block"] = lease.EndBlock is { } end ? Shown.Rao(end.Value) : null,
        ["accrued_rao"] = Shown.Rao(lease.Accrued.Rao),
        ["contributors"] = lease.Contributors,
    };
}
