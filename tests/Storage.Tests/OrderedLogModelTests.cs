using System.Globalization;
using CsCheck;

namespace Dtao.Storage.Tests;

/// <summary>Random histories of several actors, with handles taken over and restarts in between, against lists in memory.</summary>
public sealed class OrderedLogModelTests
{
    private const int Actors = 3;

    private enum Step
    {
        Append,
        AppendAndWait,
        Snapshot,
        TakeOver,
        GiveUp,
        Restart,
    }

    [Fact]
    public async Task RandomHistories_AfterEveryStep_JournalsAreWhatWasAppended()
    {
        var steps = Gen.Select(Gen.Enum<Step>(), Gen.Int[0, Actors - 1]).List[1, 40];

        await steps.SampleAsync(
            async history =>
            {
                using Run run = new();
                foreach (var (step, actor) in history) await run.Apply(step, actor);
                await run.Check();
            },
            iter: 150,
            threads: 1);
    }

    private sealed class Run : IDisposable
    {
        private readonly TemporaryFolder folder = new();
        private readonly List<string>[] appended = [.. Enumerable.Range(0, Actors).Select(_ => new List<string>())];
        private readonly long[] snapshots = [.. Enumerable.Repeat(-1L, Actors)];
        private readonly IJournal?[] owners = new IJournal?[Actors];
        private OrderedLog log;

        public Run() => log = OrderedLog.Open(folder.DatabasePath);

        public async Task Apply(Step step, int actor)
        {
            switch (step)
            {
                case Step.Append:
                    await Append(actor);
                    break;
                case Step.AppendAndWait:
                    await log.WhenDurable(await Append(actor));
                    Assert.Equal(log.AppendedPosition, log.DurablePosition);
                    break;
                case Step.Snapshot:
                    await PutSnapshot(actor);
                    break;
                case Step.TakeOver:
                    await TakeOver(actor);
                    break;
                case Step.GiveUp:
                    owners[actor]?.Dispose();
                    owners[actor] = null;
                    break;
                default:
                    Restart();
                    break;
            }
        }

        public async Task Check()
        {
            for (var actor = 0; actor < Actors; actor++) await TakeOver(actor);
            Restart();
            for (var actor = 0; actor < Actors; actor++)
            {
                await TakeOver(actor);
                Assert.Equal(appended[actor], log.ReadEvents(KeyOf(actor)).Texts());
            }

            using var view = log.OpenReadView();
            var report = view.VerifyChains(cancellationToken: TestContext.Current.CancellationToken);
            Assert.Empty(report.Faults);
            Assert.Equal((long)appended.Sum(events => events.Count), report.Events);
        }

        public void Dispose()
        {
            log.Dispose();
            folder.Dispose();
        }

        private static string KeyOf(int actor) => $"actor/{actor}";

        private async Task<long> Append(int actor)
        {
            var owner = owners[actor] ?? await TakeOver(actor);
            var text = $"event {appended[actor].Count + 1} of {actor}";
            appended[actor].Add(text);
            var position = log.Append(owner, text);
            Assert.Equal(appended.Sum(events => events.Count), position);
            Assert.Equal(appended[actor].Count, owner.Version);
            return position;
        }

        private async Task PutSnapshot(int actor)
        {
            var owner = owners[actor] ?? await TakeOver(actor);
            if (owner.Version <= snapshots[actor]) return;
            snapshots[actor] = owner.Version;
            _ = log.PutSnapshot(owner, owner.Version, LogTesting.Bytes(owner.Version.ToString(CultureInfo.InvariantCulture)));
        }

        private async Task<IJournal> TakeOver(int actor)
        {
            var former = owners[actor];
            var owner = owners[actor] = log.Open(KeyOf(actor));
            if (former is not null) Assert.Throws<JournalFencedException>(() => log.Append(former, "from a zombie"));
            var image = await owner.LoadAsync();
            Assert.Equal(appended[actor].Count, image.Version);
            Assert.Equal(appended[actor].Skip((int)image.SnapshotVersion), image.Events.Texts());
            Assert.Equal(LogTesting.ChainOf([.. appended[actor]]), image.Digest.ToArray());
            if (image.Snapshot is { } snapshot)
                Assert.Equal(LogTesting.Bytes(image.SnapshotVersion.ToString(CultureInfo.InvariantCulture)), snapshot.ToArray());
            return owner;
        }

        private void Restart()
        {
            log.Dispose();
            log = OrderedLog.Open(folder.DatabasePath);
            Array.Clear(owners);
        }
    }
}
