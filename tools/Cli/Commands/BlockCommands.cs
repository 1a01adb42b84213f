using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Economics;
using Dtao.Grains.Blocks;

namespace Dtao.Cli.Commands;

/// <summary><c>block show</c> and <c>block watch</c>.</summary>
internal static class BlockCommands
{
    public static Command Create(CliContext context) => new("block", "Closed blocks.") { Subcommands = { Show(context), Watch(context) } };

    private static Command Show(CliContext context)
    {
        var number = ValueOptions.Block("--block", "Its number; the newest when left out", "--number", "-b");
        return ReadCommand.Complete(new Command("show", "One block's header.") { number }, context, async (parsed, client, isJson, token) =>
        {
            var wanted = parsed.GetValue(number) ?? (await client.GetHeadAsync(token)).Block;
            if (await client.GetBlockAsync(wanted, token) is not { } header)
            {
                await context.Error.WriteLineAsync(wanted == BlockNumber.Genesis ? "Block 0 is genesis and has no header." : $"Block {wanted} is not closed yet.");
                return ExitCode.Refused;
            }

            if (isJson)
            {
                Printer.Json(context, ToJson(header));
                return ExitCode.Done;
            }

            Printer.Facts(context, $"Block {header.Number}",
            [
                ("Hash", Hex(header.Hash)),
                ("Parent hash", Hex(header.ParentHash)),
                ("State root", Hex(header.StateRoot)),
                ("Emission", Shown.Tao(header.Emission.Rao)),
                ("Recycled", Shown.Tao(header.Recycled.Rao)),
                ("Total issuance", Shown.Tao(header.TotalIssuance.Rao)),
                ("Rule set", header.RuleSet),
                ("Subnets", header.Subnets.ToString(CultureInfo.InvariantCulture)),
                ("Closed at", TimeOf(header)),
                ("Signatures", SignaturesOf(header) ?? "not known"),
            ]);
            return ExitCode.Done;
        });
    }

    private static Command Watch(CliContext context)
    {
        var from = ValueOptions.Block("--from", "The first block; the next one to be closed when left out");
        var count = new Option<int?>("--count") { Description = "How many blocks; until stopped when left out" };
        return ReadCommand.Complete(new Command("watch", "Blocks as they are closed, one a line.") { from, count }, context, async (parsed, client, isJson, token) =>
        {
            var first = parsed.GetValue(from) ?? (await client.GetHeadAsync(token)).Block.Next;
            var left = parsed.GetValue(count) ?? int.MaxValue;
            if (left <= 0) return ExitCode.Done;
            await foreach (var header in client.Blocks(first, token))
            {
                if (isJson) Printer.JsonLine(context, ToJson(header));
                else await WriteLine(context, header);
                if (--left == 0) break;
            }

            return ExitCode.Done;
        });
    }

    private static async Task WriteLine(CliContext context, BlockHeader header)
    {
        await context.Output.WriteLineAsync(
            $"block {header.Number}  {TimeOf(header)}  hash {Hex(header.Hash.AsSpan(0, Math.Min(8, header.Hash.Length)))}  subnets {header.Subnets}  "
            + $"emission {Shown.Tao(header.Emission.Rao)}  issuance {Shown.Tao(header.TotalIssuance.Rao)}{(header.RequiresSignatures == false ? "  unsigned" : string.Empty)}");
        await context.Output.FlushAsync();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static string TimeOf(BlockHeader header) =>
        DateTimeOffset.FromUnixTimeMilliseconds(header.ClosedAt).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? SignaturesOf(BlockHeader header) => header.RequiresSignatures switch { true => "required", false => "off", null => null };

    private static JsonObject ToJson(BlockHeader header) => new()
    {
        ["number"] = header.Number.ToString(),
        ["hash"] = Hex(header.Hash),
        ["parent_hash"] = Hex(header.ParentHash),
        ["state_root"] = Hex(header.StateRoot),
        ["emission_rao"] = Shown.Rao(header.Emission.Rao),
        ["recycled_rao"] = Shown.Rao(header.Recycled.Rao),
        ["total_issuance_rao"] = Shown.Rao(header.TotalIssuance.Rao),
        ["rule_set"] = header.RuleSet,
        ["subnets"] = header.Subnets,
        ["closed_at"] = TimeOf(header),
        ["signatures"] = SignaturesOf(header),
    };
}
