// Simulation model of the ECP5 block RAM, written from FPGA-TN-02204 (memory usage guide), for the parameter sets that rtl/primitives
// uses: both ports 18 or 9 bits wide (true dual port, 1024 or 2048 words) or both 36 bits wide (pseudo dual port, 512 words: port A's address
// writes, port B's reads), WRITEMODE NORMAL, output registers on or off, no reset, chip selects 0, contents 0. Any other parameter
// value stops elaboration at the instance of the missing module DP16KD_parameter_not_modelled. Registers hold 0 at power-up.
// A read of an address that the other port writes in the same cycle gives X (0 in a two-state simulator).
module DP16KD #(
    parameter DATA_WIDTH_A = 18, DATA_WIDTH_B = 18,
    parameter REGMODE_A = "NOREG", REGMODE_B = "NOREG",
    parameter CSDECODE_A = "0b000", CSDECODE_B = "0b000",
    parameter CLKAMUX = "CLKA", CLKBMUX = "CLKB",
    parameter WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL",
    parameter GSR = "DISABLED", RESETMODE = "SYNC", ASYNC_RESET_RELEASE = "SYNC", INIT_DATA = "STATIC"
) (
    input DIA0, DIA1, DIA2, DIA3, DIA4, DIA5, DIA6, DIA7, DIA8, DIA9, DIA10, DIA11, DIA12, DIA13, DIA14, DIA15, DIA16, DIA17,
    input DIB0, DIB1, DIB2, DIB3, DIB4, DIB5, DIB6, DIB7, DIB8, DIB9, DIB10, DIB11, DIB12, DIB13, DIB14, DIB15, DIB16, DIB17,
    input ADA0, ADA1, ADA2, ADA3, ADA4, ADA5, ADA6, ADA7, ADA8, ADA9, ADA10, ADA11, ADA12, ADA13,
    input ADB0, ADB1, ADB2, ADB3, ADB4, ADB5, ADB6, ADB7, ADB8, ADB9, ADB10, ADB11, ADB12, ADB13,
    input CLKA, CEA, OCEA, WEA, RSTA, CSA0, CSA1, CSA2, CLKB, CEB, OCEB, WEB, RSTB, CSB0, CSB1, CSB2,
    output DOA0, DOA1, DOA2, DOA3, DOA4, DOA5, DOA6, DOA7, DOA8, DOA9, DOA10, DOA11, DOA12, DOA13, DOA14, DOA15, DOA16, DOA17,
    output DOB0, DOB1, DOB2, DOB3, DOB4, DOB5, DOB6, DOB7, DOB8, DOB9, DOB10, DOB11, DOB12, DOB13, DOB14, DOB15, DOB16, DOB17
);
    generate
        if ((DATA_WIDTH_A != 9 && DATA_WIDTH_A != 18 && DATA_WIDTH_A != 36) || DATA_WIDTH_B != DATA_WIDTH_A
            || (REGMODE_A != "NOREG" && REGMODE_A != "OUTREG") || (REGMODE_B != "NOREG" && REGMODE_B != "OUTREG")
            || (DATA_WIDTH_A == 36 && REGMODE_A != REGMODE_B)
            || CSDECODE_A != "0b000" || CSDECODE_B != "0b000" || CLKAMUX != "CLKA" || CLKBMUX != "CLKB"
            || WRITEMODE_A != "NORMAL" || WRITEMODE_B != "NORMAL"
            || GSR != "DISABLED" || RESETMODE != "SYNC" || ASYNC_RESET_RELEASE != "SYNC" || INIT_DATA != "STATIC")
            DP16KD_parameter_not_modelled stop();
    endgenerate

    wire [17:0] dia = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0};
    wire [17:0] dib = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0};
    wire [9:0] address_a = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4};
    wire [9:0] address_b = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4};
    wire [3:0] bytes_a = {ADA3, ADA2, ADA1, ADA0}, bytes_b = {ADB3, ADB2, ADB1, ADB0};
    wire active_a = CEA && {CSA2, CSA1, CSA0} == 0, active_b = CEB && {CSB2, CSB1, CSB0} == 0;

    reg [17:0] array_a = 0, array_b = 0, output_a = 0, output_b = 0;
    wire [17:0] doa = REGMODE_A == "OUTREG" ? output_a : array_a;
    wire [17:0] dob = REGMODE_B == "OUTREG" ? output_b : array_b;
    always @(posedge CLKA) if (OCEA) output_a <= array_a;
    always @(posedge CLKB) if (OCEB) output_b <= array_b;

    integer k;
    generate
        if (DATA_WIDTH_A == 36) begin : pseudo_dual_port
            reg [35:0] words [0:511];
            initial for (k = 0; k < 512; k = k + 1) words[k] = 0;
            wire [8:0] write_address = address_a[9:1], read_address = address_b[9:1];
            wire writes = active_a && WEA && bytes_a != 0;
            always @(posedge CLKA) if (writes) begin
                if (bytes_a[0]) words[write_address][8:0] <= dia[8:0];
                if (bytes_a[1]) words[write_address][17:9] <= dia[17:9];
                if (bytes_a[2]) words[write_address][26:18] <= dib[8:0];
                if (bytes_a[3]) words[write_address][35:27] <= dib[17:9];
            end
            always @(posedge CLKB) if (active_b)
                {array_b, array_a} <= writes && write_address == read_address ? 36'bx : words[read_address];
        end else if (DATA_WIDTH_A == 9) begin : half_width
            reg [8:0] words [0:2047];
            initial for (k = 0; k < 2048; k = k + 1) words[k] = 0;
            wire [10:0] place_a = {address_a, ADA3}, place_b = {address_b, ADB3};
            wire writes_a = active_a && WEA, writes_b = active_b && WEB;
            wire meet = place_a == place_b;
            always @(posedge CLKA) begin
                if (writes_a) words[place_a] <= dia[8:0];
                if (writes_b) words[place_b] <= dib[8:0];
            end
            always @(posedge CLKA) if (active_a && !WEA) array_a <= writes_b && meet ? 18'bx : words[place_a];
            always @(posedge CLKB) if (active_b && !WEB) array_b <= writes_a && meet ? 18'bx : words[place_b];
        end else begin : true_dual_port
            reg [17:0] words [0:1023];
            initial for (k = 0; k < 1024; k = k + 1) words[k] = 0;
            wire writes_a = active_a && WEA && bytes_a[1:0] != 0, writes_b = active_b && WEB && bytes_b[1:0] != 0;
            wire meet = address_a == address_b;
            always @(posedge CLKA) begin
                if (active_a && WEA && bytes_a[0]) words[address_a][8:0] <= dia[8:0];
                if (active_a && WEA && bytes_a[1]) words[address_a][17:9] <= dia[17:9];
                if (active_b && WEB && bytes_b[0]) words[address_b][8:0] <= dib[8:0];
                if (active_b && WEB && bytes_b[1]) words[address_b][17:9] <= dib[17:9];
            end
            always @(posedge CLKA) if (active_a && !WEA) array_a <= writes_b && meet ? 18'bx : words[address_a];
            always @(posedge CLKB) if (active_b && !WEB) array_b <= writes_a && meet ? 18'bx : words[address_b];
        end
    endgenerate

    always @(posedge CLKA)
        if (RSTA || RSTB) begin
            $display("ERROR: DP16KD is modelled without reset only");
            $finish;
        end

    assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0} = doa;
    assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0} = dob;
endmodule
