using System.Collections.Concurrent;

namespace FunctionsMonitor.IntegrationTests.Chaos;

/// <summary>What was sent, and what of it was answered 2xx: those must be stored, once, to the byte. The rest may be stored, once.</summary>
internal sealed class Obligations
{
    private readonly ConcurrentDictionary<Guid, string> sent = new();
    private readonly ConcurrentDictionary<Guid, bool> owed = new();
    private int sentAgain;

    public int Owed => owed.Count;

    /// <summary>Events that reached a host more than once, counted each time but the first: so many duplicates there may be, and no more.</summary>
    public int SentAgain => Volatile.Read(ref sentAgain);

    public void Send(Guid id, string data) => sent[id] = data;

    public void SendAgain(int count) => Interlocked.Add(ref sentAgain, count);

    public void Owe(IEnumerable<Guid> ids)
    {
        foreach (var id in ids)
            owed[id] = true;
    }

    /// <summary>Everything that is wrong with what is stored; empty when the promise was kept.</summary>
    public IReadOnlyList<string> Judge(IReadOnlyList<(Guid Id, string Data)> stored)
    {
        var faults = new List<string>();
        var byId = stored.ToLookup(item => item.Id, item => item.Data);
        faults.AddRange(owed.Keys.Where(id => !byId.Contains(id)).Select(id => $"{id} was acknowledged and is not stored."));
        foreach (var group in byId)
        {
            if (group.Count() > 1)
                faults.Add($"{group.Key} is stored {group.Count()} times.");
            if (!sent.TryGetValue(group.Key, out var data))
                faults.Add($"{group.Key} is stored and was never sent.");
            else if (group.Any(other => other != data))
                faults.Add($"{group.Key} is stored with other bytes than were sent.");
        }

        return faults;
    }
}
