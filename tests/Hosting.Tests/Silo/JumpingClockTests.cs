using System.Reflection;
using Dtao.Grains.Blocks;
using Dtao.Silo.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Xunit;

namespace Dtao.Hosting.Tests.Silo;

/// <summary>What asks for blocks goes on whatever the wall clock does: it counts periods, and one that is late is one and not many.</summary>
public sealed class JumpingClockTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly SemaphoreSlim _asked = new(0);
    private int _asks;

    public void Dispose() => _asked.Dispose();

    [Fact]
    public async Task BlockDriver_ClockJumpsForwardAndBack_PokesOncePerPeriod()
    {
        using var lifetime = new StartedLifetime();
        using var driver = new BlockDriver(Grains(), lifetime, _time, NullLogger<BlockDriver>.Instance);
        await driver.StartAsync(TestContext.Current.CancellationToken);
        await Asked();

        foreach (var days in new[] { 30, -400, 20_000 })
        {
            _time.Now = _time.Now.AddDays(days);
            _time.Fire();
            await Asked();
        }

        await driver.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, _asks);
    }

    [Fact]
    public async Task BlockClock_ClockJumpsForwardAndBack_ClosesOneBlockPerPeriod()
    {
        var clock = new BlockClock(Grains(), _time);
        var running = clock.Run(1_000, count: 3, TestContext.Current.CancellationToken);

        foreach (var days in new[] { 30, -400, 1 })
        {
            _time.Now = _time.Now.AddDays(days);
            _time.Fire();
            await Asked();
        }

        await running.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(3, _asks);
    }

    private async Task Asked() => Assert.True(await _asked.WaitAsync(s_patience, TestContext.Current.CancellationToken), "Nobody asked for a block.");

    private IGrainFactory Grains()
    {
        var coordinator = DispatchProxy.Create<IBlockCoordinatorGrain, Proxy>();
        ((Proxy)(object)coordinator).Handle = method =>
        {
            Interlocked.Increment(ref _asks);
            _asked.Release();
            return method.ReturnType == typeof(Task) ? Task.CompletedTask : Task.FromResult<BlockHeader>(null!);
        };
        var factory = DispatchProxy.Create<IGrainFactory, Proxy>();
        ((Proxy)(object)factory).Handle = method => method.GetGenericArguments() is [var grain] && grain != typeof(IBlockCoordinatorGrain)
            ? DispatchProxy.Create(grain, typeof(Proxy))
            : coordinator;
        return factory;
    }

    public class Proxy : DispatchProxy
    {
        public Func<MethodInfo, object?> Handle { get; set; } = _ => null;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Handle(targetMethod!);
    }

    /// <summary>Timers fire when the test says so, and the wall clock is what the test says.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public DateTimeOffset Now { get; set; } = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_timers) _timers.Add((callback, state));
            return new Timer();
        }

        public void Fire()
        {
            (TimerCallback Callback, object? State)[] timers;
            lock (_timers) timers = [.. _timers];
            foreach (var (callback, state) in timers) callback(state);
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class StartedLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public StartedLifetime() => _started.Cancel();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }
}
