#pragma once

#include "base/result.h"
#include "modem/monitor.h"
#include "session/at_protocol.h"
#include "session/at_socket.h"
#include "session/loop.h"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tunppp::session {

/// Lends a session's AT port to other programs through a Unix socket: several at a time, each with
/// one command in flight, and none of them waited for. Refuses what would end the connection, unless
/// the program insists.
class AtServer final : private FdWatch::Listener {
 public:
  static constexpr std::size_t max_clients = 8;
  /// What a client has not read; beyond it, it misses lines of the modem's own.
  static constexpr std::size_t max_unread = 64 * 1024;
  /// And beyond this it is sent away.
  static constexpr std::size_t max_unread_answers = 1024 * 1024;
  static constexpr std::size_t max_text = 4096;

  /// Who has the port. `id` names the client; each of its commands is answered by answered().
  class Port {
   public:
    virtual bool ask(std::uint64_t id, std::string_view command) = 0;
    virtual void give_text(std::uint64_t id, std::optional<std::string> text) = 0;
    virtual void forget(std::uint64_t id) = 0;

   protected:
    ~Port() = default;
  };

  /// The socket is `directory`/`hello.interface`.at, for this user alone. A directory that is not
  /// there is made. One that a session left behind which is no more is replaced.
  static Result<std::unique_ptr<AtServer>> create(Loop& loop, const std::string& directory,
                                                  at::Hello hello, Port& port);
  /// Removes the socket, and the directory if it was made for it and is empty.
  ~AtServer();
  AtServer(const AtServer&) = delete;
  AtServer& operator=(const AtServer&) = delete;

  const std::string& path() const { return path_; }
  void answered(const modem::CommandAnswered& answer);
  void unsolicited(std::string_view line);

 private:
  struct Client;

  AtServer(Loop& loop, at::Descriptor socket, std::string path, at::Hello hello, Port& port);
  void fd_readable() override;
  void fd_writable() override {}
  void take_line(Client& client, std::string_view line);
  void take_overlong(Client& client);
  void take_command(Client& client, std::string_view line);
  void take_text(Client& client, std::string_view line);
  void leave(Client& client);
  void sweep();

  Loop& loop_;
  at::Descriptor socket_;
  std::string path_;
  std::string made_directory_;
  at::Hello hello_;
  Port& port_;
  FdWatch watch_;
  std::list<Client> clients_;
  std::uint64_t next_id_ = 1;
  Wakeup sweep_;
};

}  // namespace tunppp::session
