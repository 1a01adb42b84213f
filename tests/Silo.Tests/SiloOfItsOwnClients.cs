using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Grains.Stakers;
using Dtao.Hosting.Network;
using Dtao.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Dtao.Silo.Tests;

/// <summary>
/// This program as a process that hosts a network and puts its own load on it, until somebody kills it. Whoever started it hears of each operation before it is sent, and of its
/// receipt when the client has it.
/// </summary>
internal static class SiloOfItsOwnClients
{
    public const string Verb = "--silo-of-its-own-clients";
    private const string Begun = "begun";
    private const string Told = "told";

    /// <summary>Up to so many bytes a pipe takes whole or not at all, whenever the writer dies.</summary>
    private const int LineMax = 4_096;

    private static readonly Stream s_output = Console.OpenStandardOutput();
    private static readonly Serializer s_serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    /// <summary>Receipts are looked at until the end of a test, many blocks later.</summary>
    public static DtaoClientOptions Patient { get; } = new() { ValidityBlocks = 4_000, TriesMax = 1_000 };

    /// <summary>How an operation came to its account.</summary>
    public enum Way
    {
        Alone,
        Batch,
    }

    public static NetworkHostOptions Network(string folder) => new() { DatabasePath = SiloProcess.DatabaseIn(folder) };

    /// <summary>Starts the process. It serves when every account that it sends from is reached without a message.</summary>
    /// <param name="again">Operations that it begins with: they were sent before, and nobody was told what became of them.</param>
    /// <param name="told">Hears what the process begins, and what it was told.</param>
    /// <param name="count">Called for each receipt that is told.</param>
    /// <param name="end">When it kills itself; null when that is the caller's to do.</param>
    public static SiloProcess Start(string folder, int seed, IEnumerable<Operation> again, ToldOperations told, Action<Way> count, (int Receipts, Way Way)? end = null)
    {
        var (receipts, last) = end ?? (int.MaxValue, Way.Alone);
        var silo = SiloProcess.StartSelf(folder, Hear, Verb, folder, seed.ToString(CultureInfo.InvariantCulture), receipts.ToString(CultureInfo.InvariantCulture), $"{last}");
        foreach (var operation in again) silo.Say(Encode(operation));
        silo.Say(string.Empty);
        return silo;

        bool Hear(string line)
        {
            if (line.Split(' ') is not [Begun or Told, var way, var text] words) return false;
            if (words[0] == Begun)
            {
                told.Begin(Decode<Operation>(text));
            }
            else
            {
                told.Tell(Decode<Receipt>(text));
                count(Enum.Parse<Way>(way));
            }

            return true;
        }
    }

    /// <summary>Runs as the child.</summary>
    public static async Task<int> Run(string folder, int seed, int receipts, Way last)
    {
        var again = new List<Operation>();
        while (Console.ReadLine() is { Length: > 0 } line) again.Add(Decode<Operation>(line));
        _ = Task.Factory.StartNew(EndWithInput, TaskCreationOptions.LongRunning);
        await using var host = await NetworkHost.StartAsync(Network(folder));
        var accounts = new NoMessages(host);
        foreach (var signer in MixedLoad.Signers) await accounts.Attach(signer);

        await using var client = new DtaoClient(host.Client, Patient);
        using var end = new End(host, receipts, last);
        var alone = new Teller(Way.Alone, end);
        foreach (var operation in again) alone.Unanswered[operation.Id] = operation;
        var load = new MixedLoad(seed, alone, new Teller(Way.Batch, end));
        Write(SiloProcess.ServesText);
        await await Task.WhenAny([accounts.WhenMissed, .. load.Run(client, CancellationToken.None)]);
        return 1;
    }

    private static void EndWithInput()
    {
        while (Console.ReadLine() is not null)
        {
        }

        Environment.Exit(0);
    }

    private static string Encode<T>(T value) => Convert.ToBase64String(s_serializer.SerializeToArray(value));

    private static T Decode<T>(string text) => s_serializer.Deserialize<T>(Convert.FromBase64String(text))!;

    /// <remarks>One write call a line, so that a kill leaves whole lines; the console's own writer would cut long ones.</remarks>
    private static void Write(string line)
    {
        Assert.InRange(line.Length, 1, LineMax - 1);
        var bytes = Encoding.ASCII.GetBytes(line + "\n");
        lock (s_output) s_output.Write(bytes);
    }

    /// <summary>Says on the standard output what was begun and told.</summary>
    private sealed class Teller(Way way, End end) : ToldOperations
    {
        public override void Begin(Operation operation)
        {
            Write($"{Begun} {way} {Encode(operation)}");
            base.Begin(operation);
        }

        public override void Tell(Receipt receipt)
        {
            Write($"{Told} {way} {Encode(receipt)}");
            if (Unanswered.TryGetValue(receipt.Id, out var operation)) end.Note(way, operation, receipt);
            base.Tell(receipt);
        }
    }

    /// <summary>
    /// Kills this process with SIGKILL right behind a receipt, once so many were told: that of a swap, which its client waited for outside of the account, and while the log is behind.
    /// Nobody outside is as quick. An answer that came too early would be lost here.
    /// </summary>
    private sealed class End(NetworkHost host, int receipts, Way last) : IDisposable
    {
        private readonly Process _self = Process.GetCurrentProcess();
        private int _left = receipts;

        public void Note(Way way, Operation operation, Receipt receipt)
        {
            if (Interlocked.Decrement(ref _left) > 0 || way != last || !receipt.IsApplied) return;
            if (MixedLoad.IsSwapper(operation.Signer) && host.Log.DurablePosition < host.Log.AppendedPosition) _self.Kill();
        }

        public void Dispose() => _self.Dispose();
    }

    /// <summary>The silo's accounts as its client finds them, and whether one was ever not found. Those of a batch are looked for in the same place.</summary>
    private sealed class NoMessages : ILocalOperations
    {
        private readonly NetworkHost _host;
        private readonly TaskCompletionSource _missed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public NoMessages(NetworkHost host)
        {
            _host = host;
            LocalOperations.MakeKnown(host.Client, this);
        }

        /// <summary>Fails when an operation has to go as a message.</summary>
        public Task WhenMissed => _missed.Task;

        /// <summary>Lets the account hear of an operation that it leaves no trace of, until it is reached without a message.</summary>
        public async Task Attach(AccountId signer)
        {
            var nothing = new Operation
            {
                Id = OperationId.Create(),
                Signer = signer,
                Call = Calls.Transfer(signer, new Tao(1), keepAlive: true),
                LastValidBlock = new BlockNumber(1),
                NetworkId = "another",
            };
            Task<Receipt>? submitted;
            while ((submitted = LocalOperations.Of(_host.Grains)?.TrySubmit(nothing)) is null) await _host.Grains.Submit(nothing);
            Assert.Equal(RefusalCode.WrongNetwork, (await submitted).Code);
        }

        public Task<Receipt>? TrySubmit(Operation operation)
        {
            var submitted = LocalOperations.Of(_host.Grains)?.TrySubmit(operation);
            if (submitted is null) _missed.TrySetException(new InvalidOperationException($"An operation of {operation.Signer} goes as a message."));
            return submitted;
        }
    }
}
