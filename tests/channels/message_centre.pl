#!/usr/bin/perl
# A message centre for tests, of Net::SMPP: prints a line for each message that it takes, and for each line "REPLY NUMBER TEXT" or "RECEIPT ID STATE" of
# its stdin sends a deliver_sm. The port is the first argument; "throttle" as the second answers every first submit with ESME_RTHROTTLED.
use strict;
use warnings;
use Net::SMPP;
use IO::Select;
$| = 1;
my ($port, $mode) = @ARGV;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34) or die "listen: $!";
print "READY\n";
my $client;  # a busy machine starts the server later than one accept waits
for (1 .. 20) { last if $client = $listener->accept; }
$client or die "accept: $!";
my ($next, $throttled) = (1000, 0);
my $watch = IO::Select->new($client, \*STDIN);
while (1) {
  for my $ready ($watch->can_read(1)) {
    if (fileno($ready) == fileno(STDIN)) {
      my $line = <STDIN>;
      exit 0 unless defined $line;
      chomp $line;
      if ($line =~ /^REPLY (\S+) (.*)$/) {
        $client->deliver_sm(source_addr => $1, source_addr_ton => 1, source_addr_npi => 1, destination_addr => '4711', short_message => $2, async => 1);
      } elsif ($line =~ /^RECEIPT (\S+) (\S+)$/) {
        $client->deliver_sm(source_addr => '49', destination_addr => '4711', esm_class => 4, short_message => "id:$1 sub:001 dlvrd:001 submit date:2611240600 done date:2611240601 stat:$2 err:000 text:x", async => 1);
      }
      next;
    }
    my $pdu = $client->read_pdu();
    if (!$pdu) { print "GONE\n"; exit 0; }
    my $command = $pdu->{cmd};
    if ($command == Net::SMPP::CMD_bind_transceiver) {
      my $good = $pdu->{password} eq 'secret';
      print "BIND $pdu->{system_id} " . ($good ? "good" : "bad") . "\n";
      $client->bind_transceiver_resp(seq => $pdu->{seq}, status => $good ? 0 : 0x0e, system_id => 'centre');
    } elsif ($command == Net::SMPP::CMD_submit_sm) {
      if (($mode // '') eq 'throttle' && !$throttled++) {
        $client->submit_sm_resp(seq => $pdu->{seq}, status => 0x58, message_id => '');
        print "THROTTLED\n";
        next;
      }
      my $id = $next++;
      $client->submit_sm_resp(seq => $pdu->{seq}, status => 0, message_id => $id);
      my $hex = unpack('H*', $pdu->{short_message});
      print "SUBMIT $id $pdu->{destination_addr} $pdu->{esm_class} $pdu->{data_coding} $pdu->{registered_delivery} $hex\n";
    } elsif ($command == Net::SMPP::CMD_enquire_link) {
      $client->enquire_link_resp(seq => $pdu->{seq}, status => 0);
      print "ENQUIRE\n";
    } elsif ($command == Net::SMPP::CMD_unbind) {
      $client->unbind_resp(seq => $pdu->{seq}, status => 0);
      print "UNBIND\n";
      exit 0;
    }
  }
}
